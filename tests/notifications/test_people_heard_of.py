"""What is remembered of persons: the last word on consent, and who accompanies a route."""

from services.notifications.domain import addressee as c
from services.notifications.domain import companion as t
from tests.notifications.examples import ANNA, BORIS, LATER, NOON
from tests.story import Story

consent, company = Story(c.addressee), Story(t.companion)


def test_the_last_word_on_consent_stands_in_whatever_order_it_is_heard():
    given, withdrawn = c.ConsentNoted(given=True, at=NOON), c.ConsentNoted(given=False, at=LATER)
    consent.when(c.NoteConsent(given=True, at=NOON)).then(given)
    consent.given(given).when(c.NoteConsent(given=False, at=LATER)).then(withdrawn)
    consent.given(withdrawn).when(c.NoteConsent(given=True, at=NOON)).then()
    consent.given(withdrawn).when(c.NoteConsent(given=False, at=LATER)).then()


def test_of_two_words_at_one_moment_the_careful_one_stands():
    consent.given(c.ConsentNoted(given=False, at=NOON)).when(c.NoteConsent(given=True, at=NOON)).then()
    consent.given(c.ConsentNoted(given=True, at=NOON)).when(c.NoteConsent(given=False, at=NOON)).then(
        c.ConsentNoted(given=False, at=NOON)
    )


def test_the_last_appointed_tutor_accompanies_the_route():
    anna, boris = t.TutorNoted(tutor=ANNA, at=NOON), t.TutorNoted(tutor=BORIS, at=LATER)
    company.when(t.NoteTutor(tutor=ANNA, at=NOON)).then(anna)
    company.given(anna).when(t.NoteTutor(tutor=BORIS, at=LATER)).then(boris)
    company.given(boris).when(t.NoteTutor(tutor=ANNA, at=NOON)).then()
    company.given(boris).when(t.NoteTutor(tutor=BORIS, at=LATER)).then()
