"""The WSGI entry point: `privacy_app.wsgi:application`."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privacy_app.settings")
application = get_wsgi_application()

# What is loaded for good is taken out of the garbage collector's sight: with it, each full collection costs more than
# deciding on a batch of 1,000 does. Every address is loaded now, and not by the first request.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
