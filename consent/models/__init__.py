"""What people were told, and what they allowed."""

from consent.models.announcements import Announcement, AnnouncementKind, AnnouncementReceipt, AnnouncementText
from consent.models.consents import Aspect, Consent, ConsentChange, More
from consent.models.cookie_choices import CookieChoice
from consent.models.drafts import DraftStep, PolicyDraft
from consent.models.mailings import Mailing, MailingRecipient, RecipientState, SkipReason
from consent.models.policies import Acceptance, Agreement, AgreementText, Policy, PolicyText, Significance
from consent.models.purposes import (
    Action,
    Basis,
    Purpose,
    PurposeRecipient,
    PurposeText,
    PurposeVersion,
)

__all__ = [
    "Acceptance",
    "Action",
    "Agreement",
    "AgreementText",
    "Announcement",
    "AnnouncementKind",
    "AnnouncementReceipt",
    "AnnouncementText",
    "Aspect",
    "Basis",
    "Consent",
    "ConsentChange",
    "CookieChoice",
    "DraftStep",
    "Mailing",
    "MailingRecipient",
    "More",
    "Policy",
    "PolicyDraft",
    "PolicyText",
    "Purpose",
    "PurposeRecipient",
    "PurposeText",
    "PurposeVersion",
    "RecipientState",
    "Significance",
    "SkipReason",
]
