"""Mail about what partners do: rendered by the worker that sends it, without a value of anybody's."""

from disclosure.models import Contribution
from disclosure.queries import contribution
from disclosure.services.contributions import TOLD
from privacy_app.outbox.handlers import handles
from privacy_app.outbox.models import Message
from users.mail import confirmed_address_of, send_to
from users.queries import element_titles
from users.wording import listed


@handles(TOLD)
def tell_of_contribution(message: Message) -> None:
    """Tell a person that a partner gave data about them (COL-b). Who confirmed no address sees it on the overview alone."""
    given = contribution(message.payload["contribution"])
    address = confirmed_address_of(given.person) if given.person else None
    if address is not None:
        send_to(address, message, "disclosure/mail/contribution", lambda: _words(given))


def _words(given: Contribution) -> dict[str, str]:
    titles = element_titles()
    return {
        "partner": given.partner.legal_name,
        "elements": listed(titles[field] for field in given.accepted if field in titles),
    }
