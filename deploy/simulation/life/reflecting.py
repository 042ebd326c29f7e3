"""Stage 5: the product and its assessment, the last test, an offer of more time, the conclusion and its end."""

from typing import Any

from deploy.simulation.life import running
from deploy.simulation.life.story import Story, leaves
from deploy.simulation.region import Somebody
from deploy.simulation.steps import Part, Stage, Wait

CHANGE = {"improved": 2.4, "unchanged": 0.0, "declined": -2.4, "other_scale": 0.5}  # logits


def reflect(story: Story) -> Stage:
    """Whether the route was completed."""
    fate = story.fate
    if story.errs("concluded too early"):
        yield story.by(story.tutor, "conclusion", refused="nothing-to-conclude", **conclusion(story, ["activities"]))
    if story.ending != "diagnostics":
        yield from shown(story, "first")
    if story.ending != "product":
        yield Wait(fate.between(1, 10, "until the last test"))
        change = fate.pick("change")
        told = yield story.test("final", story.ability + CHANGE[change], other_scale=change == "other_scale")
        story.verdict = told["verdict"]
    if (yield from leaves(story, "reflection")):
        return False
    yield from offered(story)
    yield story.mine("reflection", text="Задачи решены не все, но класс работает иначе, и это видно.")
    yield Wait(fate.between(1, 10, "until the conclusion"))
    yield from concluded(story)
    yield from completed(story)
    return True


def shown(story: Story, which: str) -> Part:
    """p. 1.12: the product is submitted, presented and assessed."""
    if story.errs(f"presented without {which}") and which == "first":
        yield story.mine("presentation", refused="product-missing", presented_on=story.today.isoformat())
    link = "https://example.org/lesson"
    yield story.mine("products", title="Урок с критериями", link=link, summary="Конспект и лист критериев.")
    if which == "first" and story.errs("assessed unseen"):
        yield story.by(story.school.coordinator, "assessments", refused="not-presented", **assessment(positive=True))
    yield Wait(story.fate.between(1, 14, f"until the presentation {which}"))
    yield story.mine("presentation", presented_on=story.today.isoformat())
    yield Wait(story.fate.between(1, 10, f"until the assessment {which}"))
    for n, expert in enumerate(experts(story)):
        positive = story.fate.has("positive", f"{which} {n}")
        if expert == story.region.centre:  # p. 2.8.1: the centre assesses when it is asked to
            yield story.mine("assessment-request")
        yield story.by(expert, "assessments", **assessment(positive))
        if n == 0:
            story.assessed = positive or bool(story.assessed)


def experts(story: Story) -> list[Somebody]:
    """The first satisfies p. 1.13 a; the others' opinions are kept beside it."""
    first = story.methodist or story.school.coordinator
    others = (story.tutor, story.school.municipal, story.region.centre)
    more = story.fate.between(1, len(others), "experts") if story.fate.has("several_experts") else 0
    return [first, *others[:more]]


def assessment(positive: bool) -> dict[str, Any]:
    text = "Критерии понятны детям." if positive else "Критерии остались у учителя."
    return {"developed": positive, "deficits_removed": positive, "dynamics": positive, "text": text}


def offered(story: Story) -> Part:
    """p. 1.14: where no positive dynamics show, more time is offered; the teacher accepts or declines."""
    fate = story.fate
    if story.assessed or story.verdict == "improved":
        if story.errs("offered needlessly"):
            yield story.by(story.tutor, "offer", refused="nothing-to-offer", text="Может быть, продлить?")
        return
    if not fate.has("offered"):
        return
    yield story.by(story.tutor, "offer", text="Предлагаем добавить занятия и продлить маршрут.")
    yield Wait(fate.between(1, 7, "until the offer is answered"))
    accepted = fate.has("offer_accepted")
    yield story.mine("offer-answer", accepted=accepted)
    if story.errs("answered twice"):
        yield story.mine("offer-answer", refused="no-offer", accepted=accepted)
    if accepted:
        yield from more_time(story)


def more_time(story: Story) -> Part:
    if story.fate.has("late_extended", "offer"):
        yield from running.extended(story)
    else:
        activity = running.another_activity(story)
        yield story.mine("adjustment", reason="final_result", added_activities=[activity])
    yield Wait(story.fate.between(14, 50, "more time"))
    if story.ending != "diagnostics":
        yield from shown(story, "second")


def conclusion(story: Story, bases: list[str], weighing: str = "") -> dict[str, Any]:
    outcome = story.fate.pick("outcome")
    achieved = {"achieved": len(story.tasks), "partly": 1, "not_achieved": 0}[outcome]
    verdicts = [{"task": task, "achieved": n < achieved} for n, task in enumerate(story.tasks)]
    told = {"verdicts": verdicts, "achieved": outcome == "achieved", "bases": bases, "text": "Вывод по задачам."}
    return told | ({"weighing": weighing} if weighing else {})


def bases(story: Story) -> list[str]:
    found = {"product": ["assessment"], "diagnostics": ["final_diagnostics"]}
    return ["activities", *found.get(story.ending, ["assessment", "final_diagnostics"])]


def concluded(story: Story) -> Part:
    fate, tutor, director = story.fate, story.tutor, story.school.director
    cosigned = fate.has("cosigned")
    if cosigned:
        yield story.by(tutor, "conclusion-cosignature-request")
    rests_on = bases(story)
    if story.disagreeing and story.errs("unweighed"):
        yield story.by(tutor, "conclusion", refused="weighing-missing", **conclusion(story, rests_on))
    weighing = "Оценка экспертов весомее: тест не касался этой задачи." if story.ending == "both" else ""
    yield story.by(tutor, "conclusion", **conclusion(story, rests_on, weighing))
    if story.errs("completed unagreed"):
        yield story.mine("completion", refused="conclusion-not-agreed")
    yield Wait(fate.between(1, 5, "until the conclusion is judged"))
    if fate.has("conclusion_returned"):
        yield story.by(director, "conclusion-return", reason="Уточните вывод по второй задаче.")
        yield Wait(fate.between(1, 5, "until the second conclusion"))
        yield story.by(tutor, "conclusion", **conclusion(story, rests_on, weighing))
    municipal = story.school.municipal
    if cosigned:
        yield story.by(municipal, "conclusion-cosignature")
    elif story.errs("cosigned uninvited"):
        yield story.by(municipal, "conclusion-cosignature", refused="not-invited-to-cosign")
    yield story.by(director, "conclusion-agreement")


def completed(story: Story) -> Part:
    who = story.me if story.fate.chance("who completes") < 0.5 else story.tutor
    yield Wait(story.fate.between(0, 5, "until the completion"))
    yield story.by(who, "completion")
    if story.errs("after the end"):
        yield story.mine("products", refused="route-ended", title="Ещё один урок", summary="Конспект.")
    if story.fate.has("next_steps"):
        yield story.mine("next-steps", text="Курс о взаимной оценке, затем наставничество.")
