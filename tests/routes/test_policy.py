"""Policy is data: versions valid from a date, and a history decided again under another one."""

import inspect
import re
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from services.routes.domain.policy import Policies, Policy
from services.routes.domain.route import facts as f
from services.routes.domain.route.adjusting import BelongsToAdjustment, ExtensionTooLong
from services.routes.domain.route.concluding import NothingToConclude, WeighingMissing
from services.routes.domain.route.decider import RULES, route
from services.routes.domain.route.designing import TermTooLong
from services.routes.domain.route.preparing import ModelNotProposed
from services.routes.domain.route.reenact import Happened, reenact
from services.routes.domain.route.rules import NotYourPart
from services.routes.policies import PUBLISHED, read_policies
from tests.routes import path as p

SHORT = p.but(p.POLICY, version="2", valid_from=date(2027, 1, 1), longest_months=6, extension_months=3)


def both(zone: str = "Asia/Irkutsk") -> Policies:
    return Policies(versions=(p.POLICY, SHORT), zone=zone)


def test_a_policy_holds_from_its_day_in_the_regions_time_zone():
    policies = both()
    assert policies.at(datetime(2026, 12, 31, 15, 59, tzinfo=UTC)).version == "1"
    assert policies.at(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)).version == "2"
    assert policies.at(datetime(1999, 1, 1, tzinfo=UTC)).version == "1"
    assert policies.version("2") is SHORT
    assert policies.version("3") is None


def test_1_9_a_command_is_decided_under_the_policy_of_its_moment():
    later = p.but(p.plan_term, at=datetime(2027, 2, 1, tzinfo=UTC))
    decider = route(both())
    past = decider.fold(p.facts(p.DIAGNOSED))
    assert decider.decide(p.plan_term, past)
    with pytest.raises(TermTooLong):
        decider.decide(later, past)


def history(commands) -> list[Happened]:
    told: list[Happened] = []
    for command in commands:
        for fact in p.ROUTE.decide(command, p.ROUTE.fold(each.fact for each in told)):
            told.append(
                Happened(version=len(told) + 1, by=command.by, at=command.at, command=type(command).__name__, fact=fact)
            )
    return told


@pytest.mark.parametrize("path", [p.COMPLETED, (*p.STARTED, p.extend), (*p.SUBMITTED, p.give_back)], ids=len)
def test_under_its_own_policy_nothing_would_have_been_refused(path):
    assert reenact(history(path), p.POLICY) == []


def test_a_shorter_year_would_have_refused_the_term_and_the_start():
    found = reenact(history(p.STARTED), SHORT)
    assert [(each.command, each.rule) for each in found] == [("PlanTerm", TermTooLong), ("Start", TermTooLong)]
    versions = {each.version: each.fact for each in history(p.STARTED)}
    assert isinstance(versions[found[0].version], f.designing.TermPlanned)


def test_a_shorter_extension_would_have_been_refused():
    short = p.but(p.POLICY, extension_months=3)
    assert [each.rule for each in reenact(history((*p.STARTED, p.extend)), short)] == [ExtensionTooLong]
    longer = p.but(p.POLICY, longest_months=24)
    assert BelongsToAdjustment in [each.rule for each in reenact(history((*p.STARTED, p.extend)), longer)]


def test_a_role_that_another_policy_does_not_trust_would_have_been_refused():
    strict = p.but(p.POLICY, agreeing=frozenset({"school_curator"}))
    found = reenact(history(p.COMPLETED), strict)
    assert {each.command for each in found} == {"AppointTutor", "Agree", "AgreeConclusion"}
    assert {each.rule for each in found} == {NotYourPart}


def test_a_policy_with_other_experts_would_not_have_drawn_the_conclusion():
    only_school = p.but(p.POLICY, satisfying=frozenset({"school_administrator"}))
    assert [each.rule for each in reenact(history(p.COMPLETED), only_school)] == [NothingToConclude]


def test_words_that_were_written_stay_written_when_they_are_forgotten():
    declined = p.but(p.record_dynamics, judgement=p.but(p.judgement, verdict="declined"))
    path = (*p.ASSESSED, declined, p.but(p.draft, weighing="урок показал больше"))
    assert WeighingMissing not in [each.rule for each in reenact(history(path), p.POLICY)]


@pytest.mark.parametrize(("counted", "allowed"), [("start", True), ("agreement", False)])
def test_1_9_the_year_is_counted_from_the_start_or_from_the_agreement(counted, allowed):
    policy = p.but(p.POLICY, year_starts=counted)
    decider = route(Policies(versions=(policy,), zone="UTC"))
    term = p.but(p.TERM, start=date(2026, 9, 12), end=date(2027, 9, 12))  # the agreement is of 10 September
    past = decider.fold(p.facts(p.but(p.plan_term, term=term) if each is p.plan_term else each for each in p.AGREED))
    start = p.but(p.start, on=date(2026, 9, 12))
    if allowed:
        assert decider.decide(start, past)[-1].counted_from == date(2026, 9, 12)
    else:
        with pytest.raises(TermTooLong):
            decider.decide(start, past)


def test_3_1_2_a_policy_may_want_the_tutors_proposal_first():
    required = p.but(p.POLICY, model_proposal="required")
    decider = route(Policies(versions=(required,), zone="UTC"))
    appointed = (*p.OPENED, p.appoint)
    with pytest.raises(ModelNotProposed):
        decider.decide(p.choose_model, decider.fold(p.facts(appointed)))
    other = decider.fold(p.facts((*appointed, p.but(p.propose_model, model="school"))))
    with pytest.raises(ModelNotProposed):
        decider.decide(p.choose_model, other)
    assert decider.decide(p.choose_model, decider.fold(p.facts((*appointed, p.propose_model))))
    assert [each.rule for each in reenact(history(p.PREPARED), required)] == [ModelNotProposed]
    assert reenact(history((*appointed, p.propose_model, p.choose_model)), required) == []


@pytest.mark.parametrize(("parts", "waits"), [({"dates"}, True), ({"tasks"}, False), (set(), False)])
def test_1_11_the_policy_says_which_changes_the_school_agrees_anew(parts, waits):
    policy = p.but(p.POLICY, fresh_agreement=frozenset(parts))
    decider = route(Policies(versions=(policy,), zone="UTC"))
    later = p.adjusting.Adjust(**p.TUTEE, reason="request", end=date(2027, 8, 31))
    (told,) = decider.decide(later, decider.fold(p.facts(p.STARTED)))
    assert isinstance(told, f.adjusting.AdjustmentSubmitted if waits else f.adjusting.RouteAdjusted)


@pytest.mark.parametrize(("shared", "last"), [(True, date(2028, 3, 14)), (False, date(2028, 9, 14))])
def test_1_14_an_accepted_offer_shares_the_six_months_or_has_its_own(shared, last):
    policy = p.but(p.POLICY, offer_shares_budget=shared)
    decider = route(Policies(versions=(policy,), zone="UTC"))
    negative = p.but(p.assess, developed=False, deficits_removed=False, dynamics=False)
    offer = p.reflecting.OfferAdjustment(**p.TUTOR, text="продлите")
    yes = p.reflecting.AnswerOffer(**p.TUTEE, accepted=True)
    past = decider.fold(p.facts((*p.PRESENTED, negative, offer, yes)))
    assert decider.decide(p.but(p.extend, end=last), past)
    with pytest.raises(ExtensionTooLong):
        decider.decide(p.but(p.extend, end=last + timedelta(days=1)), past)


@pytest.mark.parametrize(("wanted", "due"), [(0, True), (1, True), (2, False)])
def test_4_3_a_certificate_is_due_from_as_many_tasks_as_the_policy_says(wanted, due):
    decider = route(Policies(versions=(p.but(p.POLICY, certificate_tasks=wanted),), zone="UTC"))
    (told,) = decider.decide(p.complete, decider.fold(p.facts(p.CONCLUDED)))
    assert told.certificate_due is due


def test_every_reading_says_which_clause_it_reads():
    source = inspect.getsource(Policy)
    told = set(re.findall(r"^    (\w+): .*  # \d", source, flags=re.MULTILINE))
    assert {field.name for field in fields(Policy)} - {"version", "basis", "valid_from"} == told


def write(folder: Path, name: str, **changes) -> None:
    policy = msgspec.json.decode((PUBLISHED / "1.json").read_bytes())
    (folder / name).write_bytes(msgspec.json.encode(policy | changes))


def test_policies_are_read_in_the_order_of_their_days(tmp_path):
    write(tmp_path, "a.json", version="9", valid_from="2030-01-01")
    write(tmp_path, "b.json")
    assert [each.version for each in read_policies(tmp_path, "UTC").versions] == ["1", "9"]


def test_2_8_1_11_a_policy_from_before_the_monitoring_hides_what_is_under_five(tmp_path):
    older = msgspec.json.decode((PUBLISHED / "1.json").read_bytes())
    del older["monitoring_least"]
    (tmp_path / "1.json").write_bytes(msgspec.json.encode(older))
    assert read_policies(tmp_path, "UTC").versions[0].monitoring_least == 5


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"longest_months": "twelve"}, "longest_months"),
        ({"year_starts": "whenever"}, "year_starts"),
        ({"version": "2"}, "two policies"),
        ({"valid_from": "2031-01-01"}, "two policies"),
    ],
)
def test_a_wrong_policy_is_told_by_its_field(tmp_path, changes, told):
    write(tmp_path, "1.json")
    write(tmp_path, "2.json", **changes)
    with pytest.raises(ValueError, match=told):
        read_policies(tmp_path, "UTC")


def test_a_folder_without_policies_is_told(tmp_path):
    with pytest.raises(ValueError, match="no policy"):
        read_policies(tmp_path, "UTC")


def test_every_reading_of_the_policy_is_used():
    """A field that no rule asks would be a promise that nothing keeps."""
    used = {each for rule in RULES.values() for each in rule.who(p.POLICY)}
    assert used
    sources = "".join(path.read_text() for path in Path("services/routes").rglob("*.py"))
    fields = set(msgspec.json.decode((PUBLISHED / "1.json").read_bytes()))
    assert {name for name in fields if f".{name}" not in sources} == set()
