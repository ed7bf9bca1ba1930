"""What staff look after of texts and purposes."""

from consent.admin import purposes, texts, versions

__all__ = ["purposes", "texts", "versions"]
