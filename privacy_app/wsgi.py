"""The WSGI entry point: `privacy_app.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privacy_app.settings")
application = get_wsgi_application()
