"""What the environment may change about this service."""

from pathlib import Path
from zoneinfo import ZoneInfo

from services.diagnostics.library import SHELF
from shared.settings import ServiceSettings


class DiagnosticsSettings(ServiceSettings):
    instruments: Path = SHELF  # a folder of *.v<n>.json and policy.json
    time_zone: ZoneInfo = ZoneInfo("Asia/Irkutsk")  # whose calendar days diagnostics are due and held on
