"""What the environment may change about this service."""

from pathlib import Path

from services.routes.policies import PUBLISHED
from shared.settings import ServiceSettings, TimeZone


class RoutesSettings(ServiceSettings):
    policies: Path = PUBLISHED  # a folder of the region's readings of the regulation, one file a version
    time_zone: TimeZone = "Asia/Irkutsk"  # whose calendar days terms are counted in

    deadline_seconds: float = 600  # between two looks for passed deadlines
