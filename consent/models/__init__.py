"""What people were told, and what they allowed."""

from consent.models.consents import Aspect, Consent, ConsentChange
from consent.models.drafts import DraftStep, PolicyDraft
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
    "Aspect",
    "Basis",
    "Consent",
    "ConsentChange",
    "DraftStep",
    "Policy",
    "PolicyDraft",
    "PolicyText",
    "Purpose",
    "PurposeRecipient",
    "PurposeText",
    "PurposeVersion",
    "Significance",
]
