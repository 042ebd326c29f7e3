"""Stage 4: the start, activities with what was learnt from each, and what happens on the way."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from deploy.simulation.life import texts
from deploy.simulation.life.story import Story, leaves
from deploy.simulation.steps import Move, Part, Stage, Wait
from services.routes.domain.calendar import add_months

FIRST_YEAR = 12  # months: p. 1.9
INTERIM = ("request", "deficit", "interim_result")


def run(story: Story) -> Stage:
    """Whether the route goes on to its end at this school."""
    fate = story.fate
    yield Wait(fate.between(1, 7, "until the start"))
    if story.errs("done before the start"):
        yield story.mine(done(story), refused="route-not-started", done_on=story.today.isoformat(), result="готово")
    yield story.mine("start")
    story.started = story.today
    incidents = in_turn(story)
    half = len(story.planned) // 2
    for n, (day, activity) in enumerate(sorted(story.planned)):
        yield Wait(max(0, (day - story.today).days))
        yield from took_place(story, n, activity)
        if n == half and (yield from leaves(story, "implementation")):
            return False
        if n == half and fate.has("moved") and story.region.schools > 1:
            yield from moved(story)
            return False
        for incident in incidents.get(n, []):
            if not (yield from incident(story)):
                return False
    return (yield from at_the_end(story))


def done(story: Story) -> str:
    return f"activities/{story.planned[0][1]}/completion"


def in_turn(story: Story) -> dict[int, list[Callable[[Story], Stage]]]:
    """After which activity what happens."""
    found: dict[int, list[Callable[[Story], Stage]]] = {}
    for share, incident in INCIDENTS.items():
        if story.fate.has(share) and (share != "consent_withdrawn" or story.regional):
            after = story.fate.between(0, len(story.planned) - 1, f"when {share}")
            found.setdefault(after, []).append(incident)
    return found


def took_place(story: Story, number: int, activity: str) -> Part:
    path, today = f"activities/{activity}", story.today
    if story.errs(f"reflection before {number}"):
        yield story.mine(f"{path}/reflection", refused="activity-not-done", text="Всё получилось.")
    if story.errs(f"in the future {number}"):
        later = (today + timedelta(days=3)).isoformat()
        yield story.mine(f"{path}/completion", refused="in-the-future", done_on=later, result="Буду участвовать.")
    yield story.mine(
        f"{path}/completion",
        done_on=today.isoformat(),
        result="Выступила с докладом, составила памятку.",
        order=f"приказ № {number + 1}",
    )
    yield Wait(story.fate.between(0, 3, f"reflected {number}"))
    yield story.mine(f"{path}/reflection", text="Критерии нужны до урока, а не после: дети спорят о деле.")
    if story.fate.has("supported", str(number)):
        kind = texts.SUPPORTS[number % len(texts.SUPPORTS)]
        yield story.by(story.tutor, "supports", kind=kind, text="Разобрали запись урока.", on=story.today.isoformat())


def asked_help(story: Story) -> Stage:
    fate, of = story.fate, story.fate.pick("help_of")
    if of == "methodist" and story.methodist is None:
        of = "school"
    asked = yield story.mine("helps", of=of, text="Как оценивать работу в группе?")
    path = f"helps/{asked['item_id']}/answer"
    if of != "coordinator" and story.errs("answered unasked"):
        yield story.by(story.school.municipal, path, refused="another-was-asked", text="Отвечу за коллегу.")
    yield Wait(fate.between(0, 6, "until the help"))
    if fate.has("help_answered"):
        helpers = {"methodist": story.methodist, "coordinator": story.school.municipal}
        yield story.by(helpers.get(of) or story.school.coordinator, path, text="Начните с двух критериев.")
    return True


def reviewed(story: Story) -> Stage:
    yield story.by(story.tutor, "reviews", text="Семинар дал больше, чем ждали; взаимная оценка пока не получается.")
    return True


def replaced(story: Story) -> Stage:
    """p. 3.1.2: in the regional model the consent was to a named tutor, and another needs another."""
    story.tutor = story.colleague("another tutor", other_than=story.tutor)
    yield story.by(story.school.director, "tutor", tutor_id=str(story.tutor.id))
    return (yield from consents_again(story, "after the new tutor")) if story.regional else True


def consent_withdrawn(story: Story) -> Stage:
    yield story.mine("consent-withdrawal")
    return (yield from consents_again(story, "after the withdrawal"))


def consents_again(story: Story, when: str) -> Stage:
    """A route without consent is on hold: its tutor is a stranger."""
    if story.errs(when):
        yield story.by(story.tutor, "reviews", refused="not-found", text="Промежуточный итог.")
    yield Wait(story.fate.between(1, 10, when))
    if not story.fate.has("consent_again", when):
        return False
    yield story.mine("consent")
    return True


def adjusted(story: Story) -> Stage:
    fate = story.fate
    reason = fate.one_of(INTERIM, "reason")
    latest = add_months(story.started, FIRST_YEAR)
    if fate.has("dates_adjusted") and story.end < latest:
        yield from other_dates(story, reason, latest)
        return True
    yield story.mine("adjustment", reason=reason, added_activities=[another_activity(story)])
    return True


def other_dates(story: Story, reason: str, latest: date) -> Part:
    """p. 1.11: a new last day waits for the school's agreement."""
    end, director = min(story.end + timedelta(days=30), latest), story.school.director
    if story.errs("adjusted beyond"):
        beyond = add_months(story.started, FIRST_YEAR + 2).isoformat()
        yield story.mine("adjustment", refused="belongs-to-extension", reason=reason, end=beyond)
    yield story.mine("adjustment", reason=reason, end=end.isoformat())
    if story.errs("adjusted twice"):
        yield story.mine(
            "adjustment", refused="adjustment-pending", reason=reason, added_activities=[another_activity(story)]
        )
    yield Wait(story.fate.between(1, 5, "until the adjustment is judged"))
    if story.fate.has("adjustment_returned"):
        yield story.by(director, "adjustment-return", reason="Срок проекта менять не нужно.")
    else:
        yield story.by(director, "adjustment-agreement")
        story.end = end


def another_activity(story: Story) -> dict[str, Any]:
    day = (story.today + timedelta(days=14)).isoformat()
    return {
        "title": "Вебинар по запросу",
        "kind": "webinar",
        "tasks": [story.tasks[0]],
        "to_practice": True,
        "start": day,
        "end": day,
        "level": "regional",
        "organiser": "Региональный центр",
        "form": "Дистанционно",
    }


def extended(story: Story) -> Part:
    """p. 1.10: past the first year, by at most six months."""
    if story.errs("extended within the year"):
        within = story.started + timedelta(days=200 if story.end != story.started + timedelta(days=200) else 201)
        yield story.mine("extension", refused="belongs-to-adjustment", end=within.isoformat())
    if story.errs("extended too long"):
        beyond = (add_months(story.started, FIRST_YEAR + 6) + timedelta(days=1)).isoformat()
        yield story.mine("extension", refused="extension-too-long", end=beyond)
    story.end = add_months(story.started, FIRST_YEAR + story.fate.between(2, 6, "extension"))
    yield story.mine("extension", end=story.end.isoformat())


def at_the_end(story: Story) -> Stage:
    fate = story.fate
    if fate.has("late"):
        yield Wait((story.end - story.today).days + fate.between(2, 30, "late by"))
        if fate.has("late_extended"):
            yield from extended(story)
    elif fate.has("extended"):
        yield from extended(story)
        yield Wait(fate.between(10, 60, "thanks to the extension"))
    return True


def moved(story: Story) -> Part:
    """The old route ends with the old workplace; `whole` goes on with another one."""
    others = story.region.schools - 1
    number = (story.school.number + 1 + story.fate.between(0, others - 1, "where to")) % story.region.schools
    new = story.region.school(number)
    yield Move(story.me, story.school, new)
    yield story.mine("withdrawal")
    story.school = new


INCIDENTS: dict[str, Callable[[Story], Stage]] = {
    "help": asked_help,
    "reviewed": reviewed,
    "replaced": replaced,
    "consent_withdrawn": consent_withdrawn,
    "adjusted": adjusted,
}
