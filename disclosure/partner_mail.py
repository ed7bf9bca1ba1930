"""Mail to a partner's contact for data protection: English first, then Chinese, in one mail."""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from disclosure.models import CertificateDemand, CertificateState
from privacy_app.languages import CODES, current
from privacy_app.outbox.handlers import handles
from privacy_app.outbox.models import Message
from privacy_app.outbox.services import enqueue
from users.mail import send_text
from users.queries import element_titles
from users.wording import listed

KIND = "partner.mail"
DEMANDED, RETURNED = "certificate_demanded", "certificate_returned"
_WHILE = {DEMANDED: CertificateState.DEMANDED, RETURNED: CertificateState.RETURNED}


def enqueue_partner_mail(template: str, demand: CertificateDemand, *, at: datetime) -> None:
    """Queue a mail of this template about a demanded certificate."""
    enqueue(KIND, {"template": template, "demand": str(demand.pk)}, at=at)


@handles(KIND)
def send(message: Message) -> None:
    """Render the mail in every language and send it. Nothing is sent of what the partner has seen to by now."""
    demands = CertificateDemand.objects.select_related("engagement__partner")
    demand = demands.get(pk=message.payload["demand"])
    if demand.state != _WHILE[message.payload["template"]]:
        return
    subjects, bodies = zip(*(_rendered(message.payload["template"], demand, code) for code in CODES), strict=True)
    send_text(demand.engagement.partner.contact_email, message, " / ".join(subjects), "\n\n\n".join(bodies))


def _rendered(template: str, demand: CertificateDemand, language: str) -> tuple[str, str]:
    engagement = demand.engagement
    with translation.override(language):
        titles = element_titles()
        context = {
            "demand": demand,
            "engagement": engagement,
            "partner": engagement.partner,
            "fields": listed(titles.get(key, key) for key in engagement.fields),
            "certificate": demand.certificates.first(),
            "site_name": settings.SITE_NAME[current()],
            "site_url": settings.SITE_URL,
        }
        subject = render_to_string(f"disclosure/mail/{template}_subject.txt", context)
        return " ".join(subject.split()), render_to_string(f"disclosure/mail/{template}_message.txt", context)
