"""What staff look after of purposes. The policy itself is written and published at the desk."""

from consent.admin import purposes, versions

__all__ = ["purposes", "versions"]
