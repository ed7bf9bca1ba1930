"""What leaves, to whom, on what ground."""

from disclosure.models.authorities import Authority
from disclosure.models.certificates import CertificateDemand, CertificateState, DeletionCertificate
from disclosure.models.complaints import Complaint
from disclosure.models.contributions import Contribution, EvidenceReading
from disclosure.models.documents import Document
from disclosure.models.engagements import Engagement, EngagementCountry, Role, TransferMechanism
from disclosure.models.filings import AccessLink, Approval, AskedFor, Filing, Opening, Remark
from disclosure.models.instruments import LegalInstrument
from disclosure.models.provisions import Provision
from disclosure.models.requests import DisclosureRequest, Release, Status
from disclosure.models.revocations import Revocation
from disclosure.models.services import ServiceKind, ServiceRequest
from disclosure.models.transactions import Performance, Transaction

__all__ = [
    "AccessLink",
    "Approval",
    "AskedFor",
    "Authority",
    "CertificateDemand",
    "CertificateState",
    "Complaint",
    "Contribution",
    "DeletionCertificate",
    "DisclosureRequest",
    "Document",
    "Engagement",
    "EngagementCountry",
    "EvidenceReading",
    "Filing",
    "LegalInstrument",
    "Opening",
    "Performance",
    "Provision",
    "Release",
    "Remark",
    "Revocation",
    "Role",
    "ServiceKind",
    "ServiceRequest",
    "Status",
    "Transaction",
    "TransferMechanism",
]
