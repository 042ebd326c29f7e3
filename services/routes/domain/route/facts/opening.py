"""How a route comes to be, and that it enters its stages: facts of stage 1.

Stored for ever: read what the package says before changing one.
"""

from datetime import datetime
from uuid import UUID

from services.routes.domain.route.records import Medium, Whose
from shared.domain import message


@message
class RouteNominated:
    whose: Whose
    medium: Medium
    at: datetime


@message
class RouteInvited:
    whose: Whose
    at: datetime


@message
class InvitationDeclined:
    at: datetime


@message
class RouteOpened:
    """`continues` is the route whose results this one starts from (p. 4.2); `priority` a direction of p. 1.7."""

    whose: Whose
    medium: Medium
    invited: bool
    at: datetime
    continues: UUID | None = None
    priority: str = ""


@message
class StageEntered:
    stage: int
    at: datetime


Opening = RouteNominated | RouteInvited | InvitationDeclined | RouteOpened | StageEntered
