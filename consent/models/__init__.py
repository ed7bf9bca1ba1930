"""What people were told, and what they allowed."""

from consent.models.consents import Aspect, Consent, ConsentChange
from consent.models.policies import Acceptance, Agreement, AgreementText, Policy, PolicyText
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
    "Policy",
    "PolicyText",
    "Purpose",
    "PurposeRecipient",
    "PurposeText",
    "PurposeVersion",
]
