"""A decision as the ledger keeps it: enough to explain it, and to decide it again from the same facts.

Sets are cut down to what was asked, which decides the same and keeps less.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from disclosure.gate import (
    GATE_VERSION,
    ConsentFact,
    Decision,
    Denial,
    ElementFact,
    EngagementFact,
    Facts,
    Ground,
    Reason,
    ServiceFact,
    decide,
    reasons_for_partner,
)
from privacy_app.ledger.canonical import instant

_REASONS = {reason.code: reason for reason in Reason}


def _time(at: datetime | None) -> str | None:
    return instant(at) if at else None


def _parsed(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def facts_to_json(facts: Facts) -> dict[str, Any]:
    """The facts as canonical JSON values. No personal data, no id of a person's row."""
    asked = facts.fields
    engagement, service = facts.engagement, facts.service
    return {
        "ground": facts.ground.value,
        "purpose": facts.purpose,
        "action": facts.action,
        "fields": list(asked),
        "countries": list(facts.countries),
        "home_country": facts.home_country,
        "policy_version": facts.policy_version,
        "person_known": facts.person_known,
        "person_erased": facts.person_erased,
        "person_frozen": facts.person_frozen,
        "related": facts.related,
        "purpose_basis": facts.purpose_basis,
        "sensitive": [field for field, element in facts.elements.items() if element.sensitive],
        "excluded": [field for field, element in facts.elements.items() if element.excluded],
        "known_fields": list(facts.elements),
        "engagement": {
            "role": engagement.role,
            "valid_from": _time(engagement.valid_from),
            "valid_until": _time(engagement.valid_until),
            "ended_at": _time(engagement.ended_at),
            "purposes": [facts.purpose] if facts.purpose in engagement.purposes else [],
            "fields": [field for field in asked if field in engagement.fields],
            "actions": [facts.action] if facts.action in engagement.actions else [],
            "countries": {c: engagement.countries[c] for c in facts.countries if c in engagement.countries},
        }
        if engagement
        else None,
        "consents": {
            aspect: {
                "state": consent.state,
                "expires_at": _time(consent.expires_at),
                "text_version": consent.text_version,
                "fields": [field for field in asked if field in consent.fields],
                "actions": [facts.action] if facts.action in consent.actions else [],
                "countries": [country for country in facts.countries if country in consent.countries],
            }
            for aspect, consent in facts.consents.items()
        },
        "service": {
            "is_open": service.is_open,
            "necessary": [field for field in asked if field in service.necessary],
        }
        if service
        else None,
        "request_refused": facts.request_refused,
        # Only where it is so: entries from before anything could be revoked read alike.
        **({"request_revoked": True} if facts.request_revoked else {}),
    }


def facts_from_json(record: Mapping[str, Any]) -> Facts:
    """The facts that `facts_to_json` wrote."""
    engagement, service = record["engagement"], record["service"]
    return Facts(
        ground=Ground(record["ground"]),
        purpose=record["purpose"],
        action=record["action"],
        fields=tuple(record["fields"]),
        countries=tuple(record["countries"]),
        home_country=record["home_country"],
        policy_version=record["policy_version"],
        person_known=record["person_known"],
        person_erased=record["person_erased"],
        person_frozen=record["person_frozen"],
        related=record["related"],
        purpose_basis=record["purpose_basis"],
        elements={
            field: ElementFact(field in record["sensitive"], field in record["excluded"])
            for field in record["known_fields"]
        },
        engagement=EngagementFact(
            role=engagement["role"],
            valid_from=datetime.fromisoformat(engagement["valid_from"]),
            valid_until=_parsed(engagement["valid_until"]),
            ended_at=_parsed(engagement["ended_at"]),
            purposes=frozenset(engagement["purposes"]),
            fields=frozenset(engagement["fields"]),
            actions=frozenset(engagement["actions"]),
            countries=engagement["countries"],
        )
        if engagement
        else None,
        consents={
            aspect: ConsentFact(
                state=consent["state"],
                expires_at=_parsed(consent["expires_at"]),
                text_version=consent["text_version"],
                fields=frozenset(consent["fields"]),
                actions=frozenset(consent["actions"]),
                countries=frozenset(consent["countries"]),
            )
            for aspect, consent in record["consents"].items()
        },
        service=ServiceFact(service["is_open"], frozenset(service["necessary"])) if service else None,
        request_refused=record["request_refused"],
        request_revoked=record.get("request_revoked", False),
    )


def _reasons_to_json(reasons: Iterable[tuple[Reason, tuple[str, ...]]]) -> list[dict[str, Any]]:
    return [{"code": reason.code, "fields": list(fields)} for reason, fields in reasons]


def decision_to_json(facts: Facts, decision: Decision, *, partner: str) -> dict[str, Any]:
    """The body of a decision's ledger entry."""
    obligations = decision.obligations
    return {
        "gate_version": GATE_VERSION,
        "partner": partner,
        "outcome": decision.outcome.value,
        "ground": decision.ground.value,
        "clause": decision.clause,
        "fields": {field: outcome.value for field, outcome in decision.fields.items()},
        "reasons": _reasons_to_json(decision.reasons),
        "obligations": {
            "valid_until": _time(obligations.valid_until),
            "delete_at_end": obligations.delete_at_end,
            "transfer_mechanisms": list(obligations.transfer_mechanisms),
        }
        if obligations
        else None,
        "policy_version": decision.policy_version,
        "decided_at": instant(decision.at),
        "facts": facts_to_json(facts),
    }


def _told(body: Mapping[str, Any]) -> tuple[Denial, ...]:
    reasons = [(_REASONS[reason["code"]], tuple(reason["fields"])) for reason in body["reasons"]]
    return reasons_for_partner(reasons, related=body["facts"]["related"], fields=tuple(body["fields"]))


def tells_of_person(body: Mapping[str, Any]) -> bool:
    """Whether the partner may know that the person it asked about is known here."""
    return all(reason is not Reason.NOT_AVAILABLE for reason, _ in _told(body))


def for_partner(body: Mapping[str, Any]) -> dict[str, Any]:
    """A decision as its partner may see it, from the entry's body: the API's `decision` object."""
    return {
        "outcome": body["outcome"],
        "ground": body["ground"],
        "clause": body["clause"],
        "reasons": [
            {"code": reason.code, "clause": reason.clause, "message": reason.message, "fields": list(fields)}
            for reason, fields in _told(body)
        ],
        "fields": body["fields"],
        "obligations": body["obligations"],
        "policy_version": body["policy_version"],
        "at": body["decided_at"],
    }


def replay(body: Mapping[str, Any]) -> bool:
    """Whether the gate, handed the recorded facts again, decides what was recorded."""
    facts = facts_from_json(body["facts"])
    decision = decide(facts, at=datetime.fromisoformat(body["decided_at"]))
    again = decision_to_json(facts, decision, partner=body["partner"])
    return {**again, "gate_version": body["gate_version"]} == body
