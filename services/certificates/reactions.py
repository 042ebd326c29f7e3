"""What certificates does about what it hears: a completed route that earned a certificate is granted one."""

from services.certificates.domain.certificate import Grant, Grounds
from services.certificates.subscribed import RouteCompleted


def grant(heard: RouteCompleted, code: str) -> Grant | None:
    """The command, or None when no certificate is due: a paper route gets none from the system (p. 4.3)."""
    if not heard.certificate_due or heard.medium != "ais":
        return None
    grounds = Grounds(
        route=heard.route_id,
        holder=heard.tutee_id,
        municipality=heard.municipality,
        school=heard.school,
        started_on=heard.started_on,
        completed_on=heard.completed_on,
        hours=heard.hours,
        tasks_total=heard.tasks_total,
        tasks_achieved=heard.tasks_achieved,
    )
    return Grant(grounds=grounds, code=code, at=heard.completed_at)
