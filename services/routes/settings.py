"""What the environment may change about this service."""

from pathlib import Path

from services.routes.card_form import PUBLISHED as CARD
from services.routes.policies import PUBLISHED
from services.routes.vocabularies import PUBLISHED as VOCABULARIES
from shared.settings import ServiceSettings, TimeZone


class RoutesSettings(ServiceSettings):
    policies: Path = PUBLISHED  # a folder of the region's readings of the regulation, one file a version
    card: Path = CARD  # the words of the official form of the route card
    vocabularies: Path = VOCABULARIES  # a folder of the region's enumerations, one file a version
    time_zone: TimeZone = "Asia/Irkutsk"  # whose calendar days terms are counted in

    deadline_seconds: float = 600  # between two looks for passed deadlines
    assigning_seconds: float = 5  # at least, between two looks for routes that a named methodist has not reached
