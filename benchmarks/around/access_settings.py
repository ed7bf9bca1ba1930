"""The product's settings, and django-easy-audit beside it where it is installed, for requests alone."""

from importlib.util import find_spec

from privacy_app.settings import *  # noqa: F403
from privacy_app.settings import INSTALLED_APPS

HAS_EASY_AUDIT = find_spec("easyaudit") is not None
if HAS_EASY_AUDIT:
    INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.sessions", "easyaudit"]  # it asks for the former
DJANGO_EASY_AUDIT_WATCH_MODEL_EVENTS = False
DJANGO_EASY_AUDIT_WATCH_AUTH_EVENTS = False
