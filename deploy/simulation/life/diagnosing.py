"""Stage 2: the first test, deficits, difficulties and the request."""

from deploy.simulation.life import texts
from deploy.simulation.life.story import Story, leaves
from deploy.simulation.steps import Stage, Wait


def diagnose(story: Story) -> Stage:
    fate = story.fate
    if story.errs("nothing diagnosed"):
        yield story.mine("submission", refused="nothing-diagnosed")
    yield Wait(fate.between(1, 10, "until the test"))
    if story.ending != "product" or fate.has("tested"):
        yield story.test("initial", story.ability)
        yield Wait(fate.between(0, 3, "after the test"))
    for n in range(fate.between(1, 2, "deficits")):
        who = story.tutor if fate.chance(f"who {n}") < 0.5 else story.me
        found = yield story.by(
            who,
            "deficits",
            competency=fate.one_of(texts.COMPETENCIES, f"competency {n}"),
            text=fate.one_of(texts.DEFICITS, f"deficit {n}"),
            source=fate.one_of(("own_work", "pupils_results", "diagnostics"), f"source {n}"),
        )
        story.bases.append(found["item_id"])
    if (yield from leaves(story, "diagnostic")):
        return False
    difficulty = yield story.mine("difficulties", text=fate.one_of(texts.DIFFICULTIES, "difficulty"))
    request = yield story.mine("request", text=fate.one_of(texts.REQUESTS, "request"))
    story.bases += [difficulty["item_id"], request["item_id"]]
    if story.errs("request by another"):
        yield story.by(story.tutor, "request", refused="forbidden", text="Запрос вместо учителя.")
    return True
