"""Who we know, and what we hold about them."""

from users.models.access import AccessDay, AccessRecord, AccessTally
from users.models.accounts import RoleAssignment, User
from users.models.contacts import ContactIndex
from users.models.elements import Category, DataElement, ValueFormat
from users.models.enforcement import Violation
from users.models.events import EventType, PartnerEvent
from users.models.freezes import Freeze
from users.models.idempotency import IdempotencyKey
from users.models.items import ChannelBasis, PersonalDataItem, Source
from users.models.keys import PersonKey
from users.models.partners import ApiClient, Partner
from users.models.places import StorageLocation
from users.models.pseudonyms import LedgerPseudonym, PairwiseId
from users.models.sessions import LoginSession
from users.models.webhooks import WebhookEndpoint

__all__ = [
    "AccessDay",
    "AccessRecord",
    "AccessTally",
    "ApiClient",
    "Category",
    "ChannelBasis",
    "ContactIndex",
    "DataElement",
    "EventType",
    "Freeze",
    "IdempotencyKey",
    "LedgerPseudonym",
    "LoginSession",
    "PairwiseId",
    "Partner",
    "PartnerEvent",
    "PersonKey",
    "PersonalDataItem",
    "RoleAssignment",
    "Source",
    "StorageLocation",
    "User",
    "ValueFormat",
    "Violation",
    "WebhookEndpoint",
]
