"""What leaves, to whom, on what ground."""

from disclosure.models.contributions import Contribution
from disclosure.models.engagements import Engagement, EngagementCountry, Role, TransferMechanism
from disclosure.models.requests import DisclosureRequest, Release, Status
from disclosure.models.services import ServiceKind, ServiceRequest

__all__ = [
    "Contribution",
    "DisclosureRequest",
    "Engagement",
    "EngagementCountry",
    "Release",
    "Role",
    "ServiceKind",
    "ServiceRequest",
    "Status",
    "TransferMechanism",
]
