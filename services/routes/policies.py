"""The region's policy, read from its published file."""

from pathlib import Path

import msgspec

from services.routes.domain.policy import Policy

PUBLISHED = Path(__file__).parent / "data" / "policy.json"


def read_policy(file: Path) -> Policy:
    """Raises ValueError naming the field that is missing or wrong."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Policy, strict=True)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{file.name}: {error}") from error
