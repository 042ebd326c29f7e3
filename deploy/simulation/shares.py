"""How often people do what: the shares of `shares.json`, and the fate that they and the seed make for one life."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path

import msgspec

FILE = Path(__file__).with_name("shares.json")


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often something happens. `of` and `seen` are kinds of lives whose ratio shows it in the facts afterwards."""

    share: float
    clause: str
    about: str
    of: str = ""
    seen: str = ""


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of several things happens, with their weights, that make 1 together."""

    clause: str
    about: str
    weights: Mapping[str, float]


class Shares(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    shares: Mapping[str, Share]
    choices: Mapping[str, Choice]


def read_shares(file: Path = FILE) -> Shares:
    """Raises ValueError naming what is wrong with the file."""
    try:
        read = msgspec.json.decode(file.read_bytes(), type=Shares)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{file}: {error}") from error
    for name, share in read.shares.items():
        if not 0 <= share.share <= 1:
            raise ValueError(f"{file}: {name} is no share between 0 and 1")
    for name, choice in read.choices.items():
        if abs(sum(choice.weights.values()) - 1) > 1e-9:
            raise ValueError(f"{file}: the weights of {name} do not make 1")
    return read


@dataclass(frozen=True, slots=True)
class Fate:
    """Everything left to chance in one life. The same name gives the same answer: nothing depends on the order of
    questions, so a share that is added or changed leaves all other chances as they were."""

    shares: Shares
    seed: str

    def has(self, share: str, when: str = "") -> bool:
        return self.chance(f"{share} {when}") < self.shares.shares[share].share

    def pick(self, choice: str) -> str:
        at, weights = self.chance(choice), self.shares.choices[choice].weights
        reached = zip(weights, accumulate(weights.values()), strict=True)
        return next((name for name, up_to in reached if at < up_to), list(weights)[-1])

    def between(self, low: int, high: int, what: str) -> int:
        """A whole number from *low* to *high*, both included."""
        return low + int(self.chance(what) * (high - low + 1))

    def one_of(self, some: tuple[str, ...], what: str) -> str:
        return some[self.between(0, len(some) - 1, what)]

    def chance(self, what: str) -> float:
        """From 0 to 1, without 1."""
        return int.from_bytes(blake2b(f"{self.seed} {what}".encode(), digest_size=6).digest()) / 2**48

    def of(self, part: str) -> "Fate":
        """The fate of a part of this life."""
        return Fate(self.shares, f"{self.seed}/{part}")
