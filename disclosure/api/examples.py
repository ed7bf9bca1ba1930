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
TRANSACTION_REPORTED: dict[str, Any] = {
    "subject": {"id": "5e2f8c58-6c0f-4f0e-9a39-0d1f7f3b0a11"},
    "counterparty": {"id": "1d0c7a34-55b1-4b8e-8f6e-9a2f4c7e1b02"},
    "reference": "Order 2026-0417",
}
TRANSACTION: dict[str, Any] = {
    "id": "f2b8e6a1-4c3d-4e5f-9a0b-7c6d5e4f3a21",
    **TRANSACTION_REPORTED,
    "performance": {"subject": "none", "counterparty": "none"},
    "status": "open",
    "opened_at": "2026-05-03T09:30:00Z",
    "warned_at": None,
    "closed_at": None,
}
COMPLAINT_REPORTED: dict[str, Any] = {
    "complainant": {"id": "5e2f8c58-6c0f-4f0e-9a39-0d1f7f3b0a11"},
    "respondent": {"id": "1d0c7a34-55b1-4b8e-8f6e-9a2f4c7e1b02"},
    "right": "copyright",
    "subject_matter": "The picture of listing 4711",
    "fields": ["contact.email"],
    "proof": {"content_type": "application/pdf", "content": "JVBERi0xLjQKdHJhaWxlcgo8PD4+CiUlRU9GCg=="},
}
COMPLAINT: dict[str, Any] = {
    "id": "0c5d4e3f-2b1a-4098-8765-43210fedcba9",
    **COMPLAINT_REPORTED,
    "proof": {
        "content_type": "application/pdf",
        "size": 28,
        "sha256": "3a54acd14f9e0087ed97e68a21ef21246f85d95f49725365da99f4edf9ba2a0f",
    },
    "status": "open",
    "opened_at": "2026-05-03T09:30:00Z",
    "qualified_at": None,
    "closed_at": None,
}
