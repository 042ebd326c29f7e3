"""What annex 1 asks of a mentoring pair, form by form; which form asks for what is the policy's."""

from services.routes.domain.policy import Pairing, Policy
from services.routes.domain.route.records import Activity
from services.routes.domain.route.state import Route
from shared.domain import Refusal


class MentorIsTutee(Refusal):
    """Nobody is their own mentor."""

    clause = "1.3"


class MoreThanOneMeeting(Refusal):
    """Speed mentoring is one meeting: the activity begins and ends on one day."""

    clause = "1.3"


class MentorsMissing(Refusal):
    """A team of mentors is at least two people."""

    clause = "1.3"


class CapacityMissing(Refusal):
    """A self-regulated mentor says beforehand how many people they take."""

    clause = "1.3"


class MentorTaken(Refusal):
    """The mentor accompanies as many people as they said they would take."""

    clause = "1.3"


def paired(route: Route, activity: Activity, mentored: int, policy: Policy) -> None:
    """Refuses a pair that its form of mentoring does not allow; *mentored* are the other people of its mentor."""
    if route.whose.tutee in activity.mentors:
        raise MentorIsTutee
    form = policy.mentoring.get(activity.mentoring or "", Pairing())
    if form.one_meeting and activity.planned.start != activity.planned.end:
        raise MoreThanOneMeeting
    if len(set(activity.mentors)) < form.least_mentors:
        raise MentorsMissing
    if form.by_capacity and (activity.capacity is None or not activity.mentors):
        raise CapacityMissing
    if form.by_capacity and activity.capacity is not None and mentored >= activity.capacity:
        raise MentorTaken
