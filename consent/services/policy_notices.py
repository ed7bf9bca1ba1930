"""The notice of a significant version of the policy, in the transaction that publishes it (CHG-a, CHG-b)."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from consent.models import Announcement, AnnouncementKind, Policy
from consent.services.announcements import Told, post
from privacy_app.languages import CODES
from privacy_app.ledger.actors import Actor


def tell_of_version(policy: Policy, summaries: Mapping[str, str], *, by: Actor, at: datetime) -> Announcement:
    """Tell everybody of a version when it is posted, on the site and by mail: in their language, what its editor says of it.

    One that comes into force later is told now, too: the notice names the date.
    """
    told = {code: _told(policy, summaries.get(code, ""), code) for code in CODES}
    return post(AnnouncementKind.POLICY, told, policy=policy, by=by, at=at)


def _told(policy: Policy, summary: str, language: str) -> Told:
    with translation.override(language):
        return Told(
            title=_("The privacy policy changes: version %(version)s") % {"version": policy.version},
            body=summary.strip() or _("Read what changes, clause by clause."),
        )
