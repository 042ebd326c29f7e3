"""Who gets which mail in the story, and whether each went out once."""

from collections import Counter
from typing import Any, Final

from deploy.demo.walk import SETTLED, Walk
from deploy.mail import caught
from deploy.suite import Suite

# How many notices each topic makes; two leaders of a school are told together.
EXPECTED: Final = Counter(
    {
        **dict.fromkeys(("route_invited.tutee", "tutor_appointed.tutee", "tutor_appointed.tutor"), 1),
        **dict.fromkeys(
            ("route_returned.tutee", "route_returned.tutor", "route_agreed.tutee", "route_agreed.tutor"), 1
        ),
        **dict.fromkeys(("route_started.tutee", "route_started.tutor", "route_adjusted.tutor"), 1),
        **dict.fromkeys(("product_submitted.tutor", "product_presented.tutor", "product_assessed.tutor"), 1),
        **dict.fromkeys(("product_assessed.tutee", "conclusion_agreed.tutee", "conclusion_agreed.tutor"), 1),
        **dict.fromkeys(("route_completed.tutee", "route_completed.tutor", "certificate_issued.holder"), 1),
        **dict.fromkeys(("dynamics_judged.person", "methodist_assigned.tutee", "methodist_assigned.methodist"), 1),
        **dict.fromkeys(("session_assigned.person", "session_scored.person"), 2),
        **dict.fromkeys(("route_opened.school", "route_started.school", "route_adjusted.school"), 2),
        **dict.fromkeys(("product_submitted.school", "product_presented.school", "conclusion_drafted.school"), 2),
        **dict.fromkeys(("route_completed.school",), 2),
        **dict.fromkeys(("route_submitted.school",), 4),
    }
)


def notices(walk: Walk) -> list[dict[str, Any]]:
    """Those of the walked route, as an auditor reads them."""
    found: list[dict[str, Any]] = walk.people["auditor"].see(
        "notifications", "/notices", route=walk.route, limit="200"
    )["items"]
    return found


def all_settled(walk: Walk) -> bool:
    found = notices(walk)
    told = Counter(notice["topic"] for notice in found)
    return told >= EXPECTED and all(notice["status"] in SETTLED for notice in found)


def sent_once(suite: Suite, walk: Walk, *, doubt: bool) -> None:
    """Every notice that was to be made was made once, and no mail came twice; in doubt only where a sender died."""
    found = notices(walk)
    told = Counter(notice["topic"] for notice in found)
    assert {topic: told[topic] for topic in EXPECTED} == EXPECTED
    arrived = Counter(str(mail["Message-ID"]).strip("<>").partition("@")[0] for mail in caught(suite.mail_folder))
    for notice in found:
        if doubt and notice["status"] == "in_doubt":
            assert arrived[notice["id"]] <= 1
        else:
            assert (notice["status"], arrived[notice["id"]]) == ("sent", 1), notice["topic"]
