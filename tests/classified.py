"""How export and erasure treat every field of every model. A field that is not here fails a test."""

from enum import Enum


class Treatment(Enum):
    """What a field holds of a person, whether it is part of what they may take along, and what erasure does to it."""

    NOT_PERSONAL = "says nothing about a person; stays"
    STAFF = "names a member of staff in their office; emptied or left to the tombstone"
    BUSINESS = "names somebody in their office at a partner, who binds it; kept with that partner's record"
    LINK = "whose row it is; with the row it is deleted, or points to a tombstone that says nothing"
    CLEAR = "personal data that cannot be sealed (docs/adr/0004); taken along, erased"
    SEALED = "personal data sealed under the person's key or the installation's; taken along, its key or row erased"
    CREDENTIAL = "proves who somebody is; never taken along, erased"
    INDEX = "finds a person without naming them; never taken along, erased"
    ABOUT = "about the person, without saying who; taken along, erased with its row"
    RECORD = "about the person, without saying who; taken along, stays as evidence without a link to anybody"


_N, _S, _B, _L = Treatment.NOT_PERSONAL, Treatment.STAFF, Treatment.BUSINESS, Treatment.LINK
_C, _E, _K, _I, _A, _R = (
    Treatment.CLEAR,
    Treatment.SEALED,
    Treatment.CREDENTIAL,
    Treatment.INDEX,
    Treatment.ABOUT,
    Treatment.RECORD,
)

CLASSIFIED: dict[str, dict[str, Treatment]] = {
    "ledger.Entry": dict.fromkeys(("seq", "salt", "leaf"), _N)
    | dict.fromkeys(("kind", "actor", "body", "at", "pseudonym"), _R),
    "outbox.Message": dict.fromkeys(
        ("id", "kind", "payload", "state", "created_at", "due_at", "attempts", "last_error", "settled_at"), _N
    ),
    "users.User": {
        "id": _N,
        "email": _C,
        "password": _K,
        "last_login": _A,
        "is_active": _N,
        "locale": _A,
        "time_zone": _A,
        "created_at": _R,
        "erased_at": _R,
    },
    "users.RoleAssignment": {"id": _N, "person": _L, "role": _S, "granted_at": _S, "granted_by": _S},
    "users.ContactIndex": {"id": _N, "person": _L, "kind": _I, "key_id": _N, "hmac": _I, "verified_at": _A},
    "users.DataElement": dict.fromkeys(
        (
            "key",
            "title_en",
            "title_zh_hans",
            "category",
            "dpv_term",
            "format",
            "is_sensitive",
            "excluded_by",
            "retention_days",
        ),
        _N,
    ),
    "users.Freeze": {"id": _N, "person": _L, "cause": _R, "started_at": _R, "ended_at": _R},
    "users.IdempotencyKey": dict.fromkeys(("id", "client", "key", "fingerprint", "result", "created_at"), _N),
    "users.Partner": dict.fromkeys(
        (
            "id",
            "legal_name",
            "contact_email",
            "contact_address",
            "country",
            "is_affiliate",
            "description_en",
            "description_zh_hans",
            "privacy_url",
            "created_at",
        ),
        _N,
    ),
    "users.PartnerEvent": {
        "id": _N,
        "person": _L,
        **dict.fromkeys(("partner", "type", "subject", "data", "occasion", "at", "position", "acknowledged_at"), _R),
    },
    "users.WebhookEndpoint": dict.fromkeys(
        ("id", "partner", "url", "secret", "previous_secret", "previous_until", "created_at", "disabled_at"), _N
    ),
    "users.ApiClient": dict.fromkeys(
        (
            "id",
            "client_id",
            "user",
            "redirect_uris",
            "post_logout_redirect_uris",
            "client_type",
            "authorization_grant_type",
            "client_secret",
            "hash_client_secret",
            "name",
            "skip_authorization",
            "created",
            "updated",
            "algorithm",
            "allowed_origins",
            "registration_source",
            "cimd_expires_at",
            "partner",
            "scopes",
        ),
        _N,
    ),
    "users.StorageLocation": dict.fromkeys(("id", "name", "affiliate", "country", "is_default"), _N),
    "users.PersonalDataItem": {
        "id": _N,
        "person": _L,
        "element": _A,
        "ciphertext": _E,
        "source": _A,
        "partner": _A,
        "channel": _A,
        "channel_basis": _A,
        "channel_evidence": _E,
        "obtained_at": _A,
        "stored_at": _A,
        "location": _A,
        "expires_at": _A,
        "is_chosen": _A,
        "unreadable_since": _A,
    },
    "users.PersonKey": {"person": _L, "key_id": _N, "wrapped": _K, "created_at": _N},
    "users.LedgerPseudonym": {"pseudonym": _I, "person": _L, "created_at": _N},
    "users.PairwiseId": {"id": _I, "person": _L, "partner": _A, "created_at": _N},
    "users.LoginSession": {
        "session_key": _K,
        "session_data": _E,
        "expire_date": _A,
        "id": _N,
        "person": _L,
        "started_at": _A,
        "seen_at": _A,
    },
    "consent.Purpose": dict.fromkeys(("id", "key", "dpv_term", "owner"), _N),
    "consent.PurposeVersion": dict.fromkeys(
        ("id", "purpose", "version", "basis", "fields", "actions", "countries", "valid_days", "published_at"), _N
    ),
    "consent.PurposeText": dict.fromkeys(
        ("id", "version", "language", "title", "summary", "reason", "method", "duration", "abroad", "sha256"), _N
    ),
    "consent.PurposeRecipient": dict.fromkeys(("id", "version", "partner", "legal_name", "contact", "country"), _N),
    "consent.Consent": {
        "id": _N,
        "person": _L,
        **dict.fromkeys(
            (
                "purpose",
                "recipient",
                "aspect",
                "state",
                "version",
                "language",
                "changed_at",
                "expires_at",
                "revision",
            ),
            _R,
        ),
    },
    "consent.ConsentChange": {
        "id": _N,
        "evidence": _E,
        **dict.fromkeys(("consent", "before", "after", "version", "language", "at", "entry"), _R),
    },
    "consent.Announcement": dict.fromkeys(("id", "kind", "policy", "posted_at", "until"), _N),
    "consent.AnnouncementText": dict.fromkeys(("id", "announcement", "language", "title", "body", "sha256"), _N),
    "consent.AnnouncementReceipt": {"id": _N, "person": _L, "announcement": _A, "seen_at": _A},
    "consent.Mailing": dict.fromkeys(
        (
            "id",
            "announcement",
            "state",
            "per_minute",
            "begun_at",
            "finished_at",
            "run",
            "cursor",
            "is_listed",
            "paced_at",
            "held_up_since",
            "listed",
            "sent",
            "bounced",
            "skipped_unconfirmed",
            "skipped_closed",
            "skipped_objected",
            "skipped_erased",
        ),
        _N,
    ),
    "consent.MailingRecipient": {
        "id": _I,
        "key": _I,
        "person": _L,
        **dict.fromkeys(("mailing", "state", "why", "attempts", "due_at", "settled_at", "language"), _A),
    },
    "consent.Policy": dict.fromkeys(
        (
            "id",
            "version",
            "prevailing_language",
            "posted_at",
            "published_at",
            "significance",
            "proposed_significance",
            "significance_reason",
        ),
        _N,
    ),
    "consent.PolicyText": dict.fromkeys(("id", "language", "markdown", "sha256", "policy", "summary"), _N),
    "consent.PolicyDraft": {
        **dict.fromkeys(("id", "base", "state", "revision", "content", "submitted_at", "policy"), _N),
        **dict.fromkeys(("submitted_by", "published_by"), _S),
    },
    "consent.DraftStep": {
        **dict.fromkeys(("id", "draft", "number", "event", "changed", "note", "at", "entry"), _N),
        "by": _S,
    },
    "consent.Agreement": dict.fromkeys(
        ("id", "version", "prevailing_language", "posted_at", "published_at", "policy"), _N
    ),
    "consent.AgreementText": dict.fromkeys(("id", "language", "markdown", "sha256", "agreement"), _N),
    "consent.Acceptance": {
        "id": _N,
        "person": _L,
        **dict.fromkeys(("agreement", "language", "accepted_at", "entry"), _R),
    },
    "disclosure.Engagement": dict.fromkeys(
        (
            "id",
            "partner",
            "role",
            "valid_from",
            "valid_until",
            "ended_at",
            "end_reason",
            "purposes",
            "fields",
            "actions",
            "contributes",
        ),
        _N,
    ),
    "disclosure.Contribution": {
        "id": _N,
        "person": _L,
        **dict.fromkeys(("client", "partner", "fields", "accepted", "at", "entry"), _R),
    },
    "disclosure.EvidenceReading": {
        "id": _N,
        "person": _L,
        **dict.fromkeys(("contribution", "fields", "at", "entry"), _R),
    },
    "disclosure.Revocation": dict.fromkeys(("request", "cause", "at", "entry"), _R),
    "disclosure.Engagement_purposes": dict.fromkeys(("id", "engagement", "purpose"), _N),
    "disclosure.EngagementCountry": dict.fromkeys(("id", "engagement", "country", "mechanism", "reference"), _N),
    "disclosure.CertificateDemand": dict.fromkeys(
        ("id", "engagement", "demanded_at", "due_at", "state", "overdue_at"), _N
    ),
    "disclosure.DeletionCertificate": {
        **dict.fromkeys(
            (
                "id",
                "demand",
                "client",
                "fields",
                "method",
                "deleted_at",
                "statement",
                "submitted_at",
                "accepted_at",
                "returned_at",
                "return_reason",
            ),
            _N,
        ),
        **dict.fromkeys(("certifier_name", "certifier_office"), _B),
    },
    "disclosure.ServiceKind": dict.fromkeys(("key", "title_en", "title_zh_hans", "necessary_fields"), _N),
    "disclosure.ServiceRequest": {
        "id": _N,
        "person": _L,
        **dict.fromkeys(("partner", "kind", "opened_at", "closed_at"), _R),
    },
    "disclosure.DisclosureRequest": {
        "id": _N,
        "person": _L,
        **dict.fromkeys(
            (
                "client",
                "partner",
                "purpose",
                "engagement",
                "service_request",
                "ground",
                "action",
                "country",
                "fields",
                "status",
                "requested_at",
                "entry",
            ),
            _R,
        ),
    },
    "disclosure.Release": {
        "id": _N,
        "person": _L,
        **dict.fromkeys(("request", "partner", "fields", "at", "entry"), _R),
    },
    "users.Violation": {
        "id": _N,
        "person": _L,
        "evidence": _E,
        "rule": _R,
        "state": _R,
        "found_at": _R,
        "decided_at": _R,
        "found_by": _S,
        "decided_by": _S,
    },
    "disclosure.Authority": {
        **dict.fromkeys(("id", "name", "kind", "country", "contact_email"), _N),
        **dict.fromkeys(("verified_at", "verified_by", "verified_how"), _S),
    },
    "disclosure.Document": {
        **dict.fromkeys(("id", "content_type", "size", "sha256", "key"), _N),
        "content": _E,
        "added_by": _S,
        "added_at": _S,
    },
    "disclosure.LegalInstrument": {
        **dict.fromkeys(
            (
                "id",
                "authority",
                "kind",
                "number",
                "issued_on",
                "received_at",
                "expires_at",
                "legal_basis",
                "fields",
                "document",
                "approval_reference",
                "approved_on",
            ),
            _N,
        ),
        "entered_by": _S,
    },
    "disclosure.Complaint": {
        "id": _N,
        "complainant": _L,
        "respondent": _L,
        **dict.fromkeys(("right", "subject_matter", "fields", "proof", "opened_at", "closed_at", "qualified_at"), _R),
        "qualified_by": _S,
        "qualified_how": _S,
    },
    "disclosure.Transaction": {
        "id": _N,
        "first": _L,
        "second": _L,
        **dict.fromkeys(
            ("reference", "first_performance", "second_performance", "opened_at", "closed_at", "warned_at"), _R
        ),
    },
    "disclosure.Provision": dict.fromkeys(
        ("id", "kind", "title_en", "title_zh_hans", "citation", "in_force_from", "repealed_at"), _N
    ),
    "disclosure.Filing": {
        "id": _N,
        "person": _L,
        "recipient": _L,
        "justification": _E,
        **dict.fromkeys(
            (
                "ground",
                "fields",
                "authority",
                "instrument",
                "violation",
                "complaint",
                "transaction",
                "provision",
                "asked_for",
                "state",
                "version",
                "filed_at",
                "submitted_at",
                "due_at",
                "paused_at",
                "expires_at",
                "decided_at",
                "notice_due_at",
                "notice_delay_reason",
                "notified_at",
            ),
            _R,
        ),
        "filed_by": _S,
        "assigned_to": _S,
    },
    "disclosure.Approval": {
        "id": _N,
        "reason": _E,
        "reviewer": _S,
        **dict.fromkeys(("filing", "version", "at", "entry"), _R),
    },
    "disclosure.Remark": {"id": _N, "text": _E, "author": _S, **dict.fromkeys(("filing", "kind", "at"), _R)},
    "disclosure.AccessLink": {
        "id": _N,
        "browser_hash": _N,
        **dict.fromkeys(("filing", "created_at", "expires_at", "first_opened_at", "revoked_at"), _R),
    },
    "disclosure.Opening": {
        "id": _N,
        "person": _L,
        **dict.fromkeys(("filing", "by", "fields", "at", "entry"), _R),
    },
    "account.EmailAddress": {"id": _N, "user": _L, "email": _C, "verified": _A, "primary": _A},
    "account.EmailConfirmation": {"id": _N, "email_address": _L, "created": _A, "sent": _A, "key": _K},
    "mfa.Authenticator": {"id": _N, "user": _L, "type": _A, "data": _K, "created_at": _A, "last_used_at": _A},
    "admin.LogEntry": {
        "id": _N,
        "action_time": _S,
        "user": _S,
        "content_type": _N,
        "object_id": _N,
        "object_repr": _N,
        "action_flag": _N,
        "change_message": _N,
    },
    "auth.Permission": dict.fromkeys(("id", "name", "content_type", "codename"), _N),
    "auth.Group": dict.fromkeys(("id", "name", "permissions"), _N),
    "auth.Group_permissions": dict.fromkeys(("id", "group", "permission"), _N),
    "contenttypes.ContentType": dict.fromkeys(("id", "app_label", "model"), _N),
    # Clients speak for partners: these rows name no person, and `user` stays empty.
    "oauth2_provider.Grant": dict.fromkeys(
        (
            "id",
            "user",
            "code",
            "application",
            "expires",
            "redirect_uri",
            "scope",
            "created",
            "updated",
            "code_challenge",
            "code_challenge_method",
            "nonce",
            "claims",
            "resource",
        ),
        _N,
    ),
    "oauth2_provider.AccessToken": dict.fromkeys(
        (
            "id",
            "user",
            "source_refresh_token",
            "token",
            "token_checksum",
            "id_token",
            "application",
            "expires",
            "scope",
            "resource",
            "created",
            "updated",
        ),
        _N,
    ),
    "oauth2_provider.RefreshToken": dict.fromkeys(
        (
            "id",
            "user",
            "token",
            "token_checksum",
            "application",
            "access_token",
            "token_family",
            "resource",
            "created",
            "updated",
            "revoked",
        ),
        _N,
    ),
    "oauth2_provider.IDToken": dict.fromkeys(
        ("id", "user", "jti", "application", "expires", "scope", "created", "updated"), _N
    ),
    "oauth2_provider.DeviceGrant": dict.fromkeys(
        (
            "id",
            "user",
            "device_code",
            "user_code",
            "scope",
            "interval",
            "expires",
            "status",
            "client_id",
            "last_checked",
        ),
        _N,
    ),
}
