"""The embedded default: secrets, PostgreSQL, worker and beat of our own, so that nothing need be installed first.

Imports nothing of Django: settings.py asks it for secrets and database addresses while settings are being made.
"""

from privacy_app.embedded.errors import CannotStart
from privacy_app.embedded.keystore import secrets
from privacy_app.embedded.postgres import database_urls

__all__ = ["CannotStart", "database_urls", "secrets"]
