"""What staff look after of engagements and services, and what they see of disclosures."""

from disclosure.admin import engagements, requests, service_kinds, service_requests

__all__ = ["engagements", "requests", "service_kinds", "service_requests"]
