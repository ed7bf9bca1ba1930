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
SERVICE_REQUEST: dict[str, Any] = {
    "id": "b4f1c9de-7f0b-4b9c-8d21-5a3f9a0f6c35",
    "subject": {"id": "5e2f8c58-6c0f-4f0e-9a39-0d1f7f3b0a11"},
    "partner": "0a6f3c83-2f9e-4a52-8d7b-4a1c3f1f2b10",
    "kind": "parcel-delivery",
    "status": "open",
    "opened_at": "2026-05-03T09:30:00Z",
    "closed_at": None,
}
ENGAGEMENT: dict[str, Any] = {
    "id": "e3a0d6b2-9c1f-4d44-b7a5-2f8c1d0e9b66",
    "role": "processor",
    "valid_from": "2026-01-01T00:00:00Z",
    "valid_until": None,
    "ended_at": None,
    "purposes": ["delivery-updates", "parcel-delivery"],
    "fields": ["contact.email", "contact.phone"],
    "actions": ["share"],
    "countries": {"CN": "", "SG": "standard_contract"},
    "contributes": ["contact.address"],
    "certificate": None,
}
CONTRIBUTED: dict[str, Any] = {
    "subject": {"id": "5e2f8c58-6c0f-4f0e-9a39-0d1f7f3b0a11"},
    "items": [{"field": "contact.address", "value": "8 River Street, Shanghai", "obtained_at": "2026-05-03T09:30:00Z"}],
    "channel": {
        "name": "Corrected by the recipient at the door",
        "basis": "contract",
        "evidence": "Delivery contract, section 4; delivery note 20417",
    },
}
CONTRIBUTION: dict[str, Any] = {
    "id": "7d0b2a8e-31c5-4f7f-9b53-64b2a0d1c7e9",
    "subject": {"id": "5e2f8c58-6c0f-4f0e-9a39-0d1f7f3b0a11"},
    "fields": {"contact.address": "accepted"},
    "reasons": [],
    "at": "2026-05-03T09:31:00.000000Z",
}
ENDED: dict[str, Any] = {
    **ENGAGEMENT,
    "ended_at": "2026-05-03T09:30:00Z",
    "certificate": {
        "state": "demanded",
        "demanded_at": "2026-05-03T09:30:00Z",
        "due_at": "2026-06-02T09:30:00Z",
        "overdue": False,
        "submitted_at": None,
        "return_reason": None,
    },
}
CERTIFICATE: dict[str, Any] = {
    "certifier": {"name": "Wang Fang", "office": "Data protection officer"},
    "fields": ["contact.email", "contact.phone"],
    "method": "Rows deleted and tables vacuumed; backups ran out on 10 May.",
    "deleted_at": "2026-05-10T02:00:00Z",
    "statement": "We keep nothing that we read under this engagement, and nothing that tells of the people concerned.",
}
SUBMITTED: dict[str, Any] = {
    "id": "0d4b9f4e-6a54-4c0f-8f8e-1f1d6c9b7a21",
    "engagement": ENGAGEMENT["id"],
    "state": "submitted",
    **CERTIFICATE,
    "submitted_at": "2026-05-11T08:00:00Z",
    "return_reason": None,
}
