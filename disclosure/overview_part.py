"""What disclosures contribute to a person's overview, and to the consents page: who read what, and when last."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from consent.last_reads import tells_last_reads
from consent.queries import purpose_titles
from disclosure.gate import Ground
from disclosure.queries import last_reads_of, open_services_of, releases_of_person, revocations_of
from users.models import User
from users.overview import LATEST, Access, Happening, Part, contributes_to_overview


@tells_last_reads
def last_reads(person: User) -> Mapping[tuple[UUID, UUID], datetime]:
    """By partner and purpose, from the releases."""
    return last_reads_of(person)


@contributes_to_overview
def disclosures_part(person: User, at: datetime) -> Part:
    """Open services as access, the last releases as happenings, and what we took back."""
    shared = reverse("disclosure:shared")
    titles = purpose_titles(at=at)
    return Part(
        access=tuple(
            Access(
                recipient=service.partner.legal_name,
                sentence=_("A service you asked for is open: %(service)s.") % {"service": service.kind.title},
                clause=Ground.SERVICE_REQUEST.clause,
                href=f"{shared}#services",
                since=service.opened_at,
            )
            for service in open_services_of(person)
        ),
        happenings=tuple(
            Happening(
                at=release.at,
                sentence=_("%(partner)s read data about you: %(purpose)s.")
                % {
                    "partner": release.partner.legal_name,
                    "purpose": titles.get(release.request.purpose_id, release.request.purpose.key),
                },
                clause=Ground(release.request.ground).clause,
                href=f"{shared}#{release.pk}",
            )
            for release in releases_of_person(person)[:LATEST]
        )
        + tuple(
            Happening(
                at=each.at,
                sentence=_("We took back what %(partner)s was permitted: %(purpose)s.")
                % {
                    "partner": each.request.partner.legal_name,
                    "purpose": titles.get(each.request.purpose_id, each.request.purpose.key),
                },
                clause="PRE-2",
                href=f"{shared}#taken-back",
            )
            for each in revocations_of(person)[:LATEST]
        ),
    )
