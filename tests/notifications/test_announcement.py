"""An announcement: resolved once, whoever asks, and closed when everybody has a notice."""

from services.notifications.domain import announcement as a
from tests.notifications.examples import ANNA, BORIS, LATER, MATTER, NOON, VERA
from tests.story import Story

story = Story(a.announcement)
announce = a.Announce(audience="school", message="m-1", matter=MATTER, at=NOON)
announced = a.Announced(audience="school", message="m-1", matter=MATTER, at=NOON)
resolve = a.Resolve(recipients=(ANNA, BORIS, ANNA), at=LATER)
resolved = a.Resolved(recipients=(ANNA, BORIS), at=LATER)
finish = a.Finish(at=LATER)


def test_an_announcement_names_everybody_once():
    story.when(announce).then(announced)
    story.given(announced).when(resolve).then(resolved)
    story.given(announced, resolved).when(finish).then(a.Finished(at=LATER))


def test_heard_twice_it_is_made_once():
    story.given(announced).when(announce).then()
    story.given(announced, resolved, a.Finished(at=LATER)).when(announce).then()


def test_the_first_answer_of_people_stands():
    story.given(announced, resolved).when(a.Resolve(recipients=(VERA,), at=LATER)).then()
    story.given(announced, resolved, a.Finished(at=LATER)).when(a.Resolve(recipients=(VERA,), at=LATER)).then()


def test_it_does_not_end_before_its_recipients_are_known():
    story.given(announced).when(finish).refused(a.NotResolved)
    story.when(finish).refused(a.NothingAnnounced)
    story.when(resolve).refused(a.NothingAnnounced)
    story.given(announced, resolved, a.Finished(at=LATER)).when(finish).then()


def test_one_message_has_one_announcement_for_each_audience():
    assert a.announcement_id("m-1", "school") != a.announcement_id("m-1", "tutor")
    assert a.announcement_id("m-1", "school") == a.announcement_id("m-1", "school")
