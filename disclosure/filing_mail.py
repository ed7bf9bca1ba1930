"""Mail about what people decide (DIS-c to DIS-g): rendered by the worker that sends it, without a value of anybody's."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from consent.controller import controller
from disclosure.filing_states import GRANTED, IN_REVIEW, State
from disclosure.filing_words import clause_of, field_words, ground_words, matter_words, recipient_words
from disclosure.models import AccessLink, Filing, Transaction
from disclosure.person_queries import request_about
from disclosure.services.notices import NOTICE, filing_to_tell_of, record_told
from disclosure.services.openings import LINK, token_of
from disclosure.services.own_requests import ASKED
from disclosure.services.transactions import WARNING
from privacy_app.languages import CODES, current
from privacy_app.outbox.handlers import handles
from privacy_app.outbox.models import Message
from users.mail import confirmed_address_of, send_text, send_to
from users.queries import element_titles


@handles(NOTICE)
def tell_of_opening(message: Message) -> None:
    """Tell a person that their data was shown to its recipient, once. Who confirmed no address sees it on their pages alone."""
    now = timezone.now()
    filing = filing_to_tell_of(message.payload["filing"], at=now)
    address = confirmed_address_of(filing.person) if filing else None
    if filing is None or address is None:
        return
    record_told(filing, at=now)
    send_to(address, message, "disclosure/mail/shown", lambda: _words(filing))


@handles(ASKED)
def tell_of_request(message: Message) -> None:
    """Tell a person that somebody asks for data of theirs (DIS-e, DIS-f), unless it is decided already."""
    filing = request_about(message.payload["filing"], at=timezone.now())
    address = confirmed_address_of(filing.person) if filing else None
    if filing is not None and address is not None and State(filing.state) in IN_REVIEW:
        send_to(address, message, "disclosure/mail/asked", lambda: _words(filing))


def _words(filing: Filing) -> Mapping[str, Any]:
    return {
        "filing": filing,
        "recipient": recipient_words(filing),
        "ground": ground_words(filing),
        "clause": clause_of(filing),
        "elements": field_words(filing.fields, element_titles()),
        "contact": controller().contact,
    }


@handles(WARNING)
def warn_party(message: Message) -> None:
    """Warn a party to a transaction that the other may get to see how to reach them (SEC-b), while it goes on."""
    transactions = Transaction.objects.select_related("first", "second")
    transaction = transactions.get(pk=message.payload["transaction"])
    address = confirmed_address_of(getattr(transaction, message.payload["party"]))
    if address is not None and transaction.closed_at is None:
        send_to(address, message, "disclosure/mail/warning", lambda: {"matter": matter_words(transaction)})


@handles(LINK)
def send_link(message: Message) -> None:
    """Send an authority its link, to its official address alone, as long as there is something to open."""
    links = AccessLink.objects.select_related("filing__authority", "filing__instrument")
    link = links.get(pk=message.payload["link"])
    authority = link.filing.authority
    is_live = link.revoked_at is None and timezone.now() < link.expires_at and State(link.filing.state) in GRANTED
    if authority is not None and authority.verified_at is not None and is_live:
        subjects, bodies = zip(*(_link_text(link, code) for code in CODES), strict=True)
        send_text(authority.contact_email, message, " / ".join(subjects), "\n\n".join(bodies))


def _link_text(link: AccessLink, language: str) -> tuple[str, str]:
    """Subject and body in one language: nobody knows which of them the authority reads."""
    template = "disclosure/mail/link"
    with translation.override(language):
        values = {
            "site_name": settings.SITE_NAME[current()],
            "site_url": settings.SITE_URL,
            "authority": link.filing.authority,
            "instrument": link.filing.instrument,
            "reference": link.filing_id,
            "token": token_of(link),
            "expires_at": link.expires_at,
        }
        subject = " ".join(render_to_string(f"{template}_subject.txt", values).split())
        return subject, render_to_string(f"{template}_message.txt", values).strip()
