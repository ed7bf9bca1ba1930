"""Asking the gate: no locks, no release, one ledger entry a call."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from disclosure.facts import Query, find_cases, read_facts
from disclosure.gate import decide
from disclosure.records import decision_to_json, for_partner
from privacy_app import locks
from privacy_app.ledger.canonical import canonical_json
from privacy_app.ledger.services import append
from users.models import ApiClient
from users.services.actors import as_client


@locks.in_transaction
def ask(client: ApiClient, queries: Sequence[Query], *, clock: Callable[[], datetime]) -> list[dict[str, Any]]:
    """Decide each query; returns, in order, what the partner may see of each decision."""
    partner = client.partner
    cases = find_cases(partner, queries)
    at = clock()
    key = str(partner.pk)
    answers = [
        for_partner(decision_to_json(sheet.facts, decide(sheet.facts, at=at), partner=key))
        for sheet in read_facts(partner, cases, at=at)
    ]
    outcomes = [answer["outcome"] for answer in answers]
    append(
        kind="decisions.asked",
        pseudonym=None,
        actor=as_client(client),
        body={
            "partner": key,
            "count": len(answers),
            "outcomes": {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))},
            "digest": hashlib.sha256(canonical_json(answers)).hexdigest(),
        },
        at=at,
    )
    return answers
