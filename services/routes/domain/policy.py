"""The readings a region has chosen where the regulation leaves room: published data, never a condition in code."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Literal

from services.routes.domain.calendar import local_day
from shared.domain import message

Part = Literal["dates", "tasks", "activities"]


@message
class Pairing:
    """What one form of mentoring asks of the pair."""

    one_meeting: bool = False
    least_mentors: int = 0
    by_capacity: bool = False  # the mentor says beforehand how many people they take


@message
class Policy:
    """Every field says which clause it reads; facts carry the version they were decided under."""

    version: str
    basis: str  # the legal act that chose these readings
    valid_from: date
    longest_months: int  # 1.9: a route's length
    year_starts: Literal["start", "agreement"]  # 1.9: what the year is counted from
    extension_months: int  # 1.10: beyond the first year
    offer_shares_budget: bool  # 1.14: the same months as 1.10, or as many again
    fresh_agreement: frozenset[Part]  # 1.11: which changes the school agrees anew
    nominating: frozenset[str]  # 2.8.3: roles that draw up the list and invite
    agreeing: frozenset[str]  # 2.8.3: roles that appoint tutors, agree and return
    diagnosing: frozenset[str]  # 2.8.3, 2.8.4: roles that record deficits beside the tutee and the tutor
    assessing: frozenset[str]  # 2.8.1, 2.8.2, 2.8.4: roles that may assess a product
    satisfying: frozenset[str]  # 1.13 a: roles whose assessment alone satisfies the criterion
    offering: frozenset[str]  # 1.14: roles that may offer adjustment and extension
    completing: frozenset[str]  # 1.12: roles that close a route whose conclusion is agreed
    positive_dynamics: frozenset[str]  # 1.13 b: verdicts of the final diagnostics that count as positive
    silent_dynamics: frozenset[str]  # 2.8.4: verdicts that say nothing, so that the two paths cannot disagree
    certificate_tasks: int  # 4.3: tasks achieved before a certificate is due
    certificate_media: frozenset[str]  # 4.3
    reminders: tuple[int, ...]  # 1.9: how many days before the last one people are reminded
    model_proposal: Literal["optional", "required"]  # 2.8.4, 3.1.2: whether the tutee waits for the tutor's proposal
    allowing: frozenset[str]  # 2.8.2: roles that choose, together, which models a school may use
    assessing_on_request: frozenset[str]  # 2.8.1: roles that assess only when asked
    mentoring: Mapping[str, Pairing]  # 1.3, annex 1: what a form of mentoring asks of the pair
    keeping: frozenset[str]  # 2.7, 4.1: roles that register routes kept on paper
    paper_years: int  # 4.4: how long a paper route is kept after its closing
    monitoring_least: int = 5  # 2.8.1, 2.8.2: people a figure of the monitoring must be made of, or it is hidden

    def months_in_all(self, *, offered: bool) -> int:
        """The longest a route may last; *offered* when an offer of 1.14 was accepted."""
        more = self.extension_months if offered and not self.offer_shares_budget else 0
        return self.longest_months + self.extension_months + more


@message
class RightUnder:
    """The clause a command follows, and which roles may give it under a policy."""

    clause: str
    who: Callable[[Policy], frozenset[str]]
    functions: tuple[str, ...] = ()


@message
class Policies:
    """Every version that was published, the earliest first, and the time zone whose days they are valid from."""

    versions: tuple[Policy, ...]
    zone: str

    def at(self, moment: datetime) -> Policy:
        """The version in force; before the first one is valid, the first."""
        day = local_day(moment, self.zone)
        valid = [policy for policy in self.versions if policy.valid_from <= day]
        return valid[-1] if valid else self.versions[0]

    def version(self, name: str) -> Policy | None:
        return next((policy for policy in self.versions if policy.version == name), None)
