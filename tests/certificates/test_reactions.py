"""What a completed route means to certificates."""

from services.certificates.reactions import grant as react
from services.certificates.subscribed import RouteCompleted
from tests.certificates.examples import CODE, completed, grant


def test_a_completed_route_is_granted_a_certificate() -> None:
    assert react(RouteCompleted.model_validate(completed()), CODE) == grant


def test_a_route_with_no_task_achieved_gets_none_4_3() -> None:
    assert react(RouteCompleted.model_validate(completed(certificate_due=False)), CODE) is None


def test_a_paper_route_gets_none_from_the_system_4_3() -> None:
    assert react(RouteCompleted.model_validate(completed(medium="paper")), CODE) is None
