"""A filing's decision as the ledger keeps it: enough to explain it, and to decide it again from the same facts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from disclosure.filing_gate import (
    FILING_GATE_VERSION,
    FILING_RULES,
    FilingDecision,
    FilingDenial,
    FilingFacts,
    FilingReason,
    decide_filing,
)
from privacy_app.ledger.canonical import instant

_REASONS = {reason.code: reason for reason in FilingReason}


def facts_to_json(facts: FilingFacts) -> dict[str, Any]:
    """The facts as canonical JSON values. No personal data, no id of a person's row."""
    built = msgspec.to_builtins(facts, builtin_types=(datetime, frozenset))
    canonical: dict[str, Any] = _canonical(built)
    return canonical


def _canonical(value: Any) -> Any:
    """Sets in one order, instants as entries name them."""
    if isinstance(value, Mapping):
        return {key: _canonical(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(member) for member in value]
    if isinstance(value, frozenset | set):
        return sorted(value)
    return instant(value) if isinstance(value, datetime) else value


def decision_to_json(facts: FilingFacts, decision: FilingDecision, *, filing: str, version: int) -> dict[str, Any]:
    """The body of the ledger entry of a filing's decision."""
    return {
        "gate_version": FILING_GATE_VERSION,
        "filing": filing,
        "version": version,
        "outcome": decision.outcome.value,
        "ground": decision.ground.value,
        "clause": decision.clause,
        "fields": {field: outcome.value for field, outcome in decision.fields.items()},
        "reasons": [{"code": reason.code, "fields": list(fields)} for reason, fields in decision.reasons],
        "policy_version": decision.policy_version,
        "decided_at": instant(decision.at),
        "facts": facts_to_json(facts),
    }


def reasons_of(body: Mapping[str, Any]) -> list[tuple[FilingReason, tuple[str, ...]]]:
    """Why, from the entry's body."""
    return [(_REASONS[reason["code"]], tuple(reason["fields"])) for reason in body["reasons"]]


def replay(body: Mapping[str, Any]) -> bool:
    """Whether the gate, handed the recorded facts again, decides what was recorded."""
    facts = msgspec.convert(body["facts"], FilingFacts)
    decision = decide_filing(facts, at=datetime.fromisoformat(body["decided_at"]))
    again = decision_to_json(facts, decision, filing=body["filing"], version=body["version"])
    return all(again[name] == body[name] for name in ("outcome", "fields", "reasons"))


def rule_by_rule(body: Mapping[str, Any]) -> list[tuple[str, FilingDenial | None]]:
    """What each rule says of the recorded facts, by its name: None where it holds, else why not and for which fields."""
    facts, at = msgspec.convert(body["facts"], FilingFacts), datetime.fromisoformat(body["decided_at"])
    return [(rule.__name__, rule(facts, at)) for rule in FILING_RULES]
