"""Examples for the schema."""

from typing import Any

QUERY: dict[str, Any] = {
    "subject": {"id": "5e2f8c58-6c0f-4f0e-9a39-0d1f7f3b0a11"},
    "purpose": "delivery-updates",
    "fields": ["contact.email"],
    "ground": "consent",
    "action": "share",
    "country": "CN",
}
DECISION: dict[str, Any] = {
    "outcome": "permit",
    "ground": "consent",
    "clause": "DIS-a",
    "reasons": [],
    "fields": {"contact.email": "permit"},
    "obligations": {
        "valid_until": "2027-05-03T09:30:00.000000Z",
        "delete_at_end": True,
        "transfer_mechanisms": [],
    },
    "policy_version": 1,
    "at": "2026-05-03T09:30:00.000000Z",
}
ID = "c9b6ad5a-58a4-44c1-8a4e-2d3c9be3a4f7"
DISCLOSURE: dict[str, Any] = {
    "id": ID,
    "status": "released",
    "subject": {"id": "5e2f8c58-6c0f-4f0e-9a39-0d1f7f3b0a11"},
    "purpose": "delivery-updates",
    "fields": ["contact.email"],
    "action": "share",
    "country": "CN",
    "requested_at": "2026-05-03T09:30:00Z",
    "decision": DECISION,
    "data": f"/api/v1/disclosures/{ID}/data",
}
DATA: dict[str, Any] = {
    "id": ID,
    "subject": {"id": "5e2f8c58-6c0f-4f0e-9a39-0d1f7f3b0a11"},
    "fields": {
        "contact.email": {"value": "mei@example.org", "source": "person", "obtained_at": "2026-05-01T08:00:00Z"}
    },
    "decision": DECISION,
}
