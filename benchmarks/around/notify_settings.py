"""The product's settings, with django-notifications-hq beside it where that is installed."""

from importlib.util import find_spec

from django.db.models import options

from privacy_app.settings import *  # noqa: F403
from privacy_app.settings import INSTALLED_APPS

EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
MAILS_PER_MINUTE = 100_000_000

if find_spec("notifications"):
    # Its models still say `index_together`, which Django 5.1 dropped: let that pass. Its migrations make the index.
    options.DEFAULT_NAMES = (*options.DEFAULT_NAMES, "index_together")
    INSTALLED_APPS = [*INSTALLED_APPS, "notifications"]
    DJANGO_NOTIFICATIONS_CONFIG = {"USE_JSONFIELD": False}
