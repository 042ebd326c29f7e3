"""Stage 1: the invitation or the teacher's own wish, the tutor, the model."""

from typing import Any

from deploy.simulation.life.story import Story, leaves
from deploy.simulation.region import DIRECTIONS, TRACKS
from deploy.simulation.steps import Part, Stage, Wait


def prepare(story: Story) -> Stage:
    """Whether there is a route that goes on to be diagnosed."""
    if story.continues or story.fate.has("own_wish"):
        yield from by_own_wish(story)
    elif not (yield from invited(story)):
        return False
    if (yield from leaves(story, "preparatory")):
        return False
    yield Wait(story.fate.between(1, 7, "until the tutor"))
    yield from accompanied(story)
    yield Wait(story.fate.between(1, 5, "until the model"))
    chosen = model(story)
    yield story.by(story.tutor, "model-proposal", model=chosen["model"])  # p. 2.8.4: the tutee confirms it
    yield story.mine("model", **chosen)
    return True


def by_own_wish(story: Story) -> Part:
    fate, more = story.fate, {}
    if story.continues:
        more["continues"] = story.continues
    elif fate.has("priority"):
        more["priority"] = fate.one_of(tuple(DIRECTIONS), "direction")
    if story.errs("unknown direction"):
        yield story.mine("", refused="direction-unknown", priority="nobody-set-this", **story.school.place)
    opened = yield story.mine("", medium=medium(story), **story.school.place, **more)
    story.route = opened["id"]


def invited(story: Story) -> Stage:
    fate, school = story.fate, story.school
    nominated = yield story.by(
        school.coordinator, "", teacher_id=str(story.me.id), medium=medium(story), **school.place
    )
    story.route = nominated["id"]
    if story.errs("accepts uninvited"):
        yield story.mine("acceptance", refused="not-invited")
    yield Wait(fate.between(1, 10, "until the invitation"))
    yield story.by(school.coordinator, "invitation")
    if story.errs("tutor before the teacher"):
        yield story.by(school.director, "tutor", refused="invitation-not-accepted", tutor_id=str(story.tutor.id))
    yield Wait(fate.between(1, 14, "until the answer"))
    if fate.has("unanswered"):
        return False
    if fate.has("declined"):
        yield story.mine("decline")
        return False
    yield story.mine("acceptance")
    return True


def medium(story: Story) -> str:
    return "paper" if not story.continues and story.fate.has("paper") else "ais"


def accompanied(story: Story) -> Part:
    """p. 2.8.3: the school appoints the tutor; the regional centre may add a methodist."""
    school = story.school
    if story.errs("model before the tutor"):
        yield story.mine("model", refused="tutor-not-appointed", model="school")
    if story.errs("own tutor"):
        yield story.by(school.director, "tutor", refused="tutor-is-tutee", tutor_id=str(story.me.id))
    yield story.by(school.director, "tutor", tutor_id=str(story.tutor.id))
    if story.methodist:
        yield story.by(story.region.centre, "methodists", methodist_id=str(story.methodist.id))


def model(story: Story) -> dict[str, Any]:
    if not story.regional:
        return {"model": "school"}
    track = story.fate.one_of(tuple(TRACKS), "which track") if story.fate.has("track") else ""
    return {"model": "regional", "track": track}
