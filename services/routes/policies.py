"""The region's policies, read from their published files."""

from collections import Counter
from pathlib import Path

import msgspec

from services.routes.domain.policy import Policies, Policy

PUBLISHED = Path(__file__).parent / "data" / "policies"


def read_policies(folder: Path, zone: str) -> Policies:
    """Every *.json of the folder; raises ValueError naming the file and what is wrong with it."""
    found = sorted((read_policy(file) for file in folder.glob("*.json")), key=lambda policy: policy.valid_from)
    if not found:
        raise ValueError(f"{folder} holds no policy")
    for what, times in Counter([*(each.version for each in found), *(each.valid_from for each in found)]).items():
        if times > 1:
            raise ValueError(f"two policies in {folder} have {what}")
    return Policies(versions=tuple(found), zone=zone)


def read_policy(file: Path) -> Policy:
    """Raises ValueError naming the field that is missing or wrong."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Policy, strict=True)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{file.name}: {error}") from error
