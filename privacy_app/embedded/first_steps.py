"""Bring the database up to date, and fill an empty one with the demo world. The server runs this as a child."""

import argparse
import os

import django
from django.contrib.auth import get_user_model
from django.core.management import call_command


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--empty", action="store_true")
    parser.add_argument("--people", type=int, required=True)
    options = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privacy_app.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    # The demo's year needs a policy from its first day on; it prepares the database itself, a year ago.
    if not options.empty and not get_user_model().objects.exists():
        call_command("demo", people=options.people)
    call_command("prepare")


if __name__ == "__main__":
    main()
