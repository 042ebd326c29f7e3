"""A teacher's year: whether there is a route, its five stages, and the route that follows it."""

from deploy.simulation.life.designing import design
from deploy.simulation.life.diagnosing import diagnose
from deploy.simulation.life.preparing import prepare
from deploy.simulation.life.reflecting import reflect
from deploy.simulation.life.running import run
from deploy.simulation.life.story import Calendar, Story
from deploy.simulation.region import Region, School, Somebody
from deploy.simulation.steps import Part, Stage, Wait

BEGINS_WITHIN = 150  # days


def whole_year(me: Somebody, school: School, region: Region, calendar: Calendar) -> Part:
    fate = region.fate(me.key)
    yield Wait(fate.between(0, BEGINS_WITHIN, "begins"))
    if not fate.has("with_route"):
        return
    story = Story(me, school, region, fate, calendar)
    completed = yield from lived(story)
    moved = story.school is not school
    if moved or (completed and fate.has("successor")):
        yield Wait(fate.between(5, 30, "until the next route"))
        yield from lived(Story(me, story.school, region, fate.of("next"), calendar, continues=story.route))


def lived(story: Story) -> Stage:
    """Whether the route was completed."""
    for stage in (prepare, diagnose, design, run):
        if not (yield from stage(story)):
            return False
    return (yield from reflect(story))
