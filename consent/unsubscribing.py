"""The link in each mail with product news: signed, and without anything personal in it (RFC 8058)."""

from datetime import timedelta

from django.core.signing import BadSignature, Signer, TimestampSigner

from consent.models import AnnouncementKind, MailingRecipient

_LINK = Signer(salt="consent.unsubscribe")
_UNDO = TimestampSigner(salt="consent.unsubscribe.undo")
_UNDO_FOR = timedelta(hours=1)


def token_for(recipient: MailingRecipient) -> str:
    """What stands in the link of this recipient's mail. It switches off, and never on."""
    return _LINK.sign(str(recipient.pk))


def recipient_of(token: str) -> MailingRecipient | None:
    """Whose link it is; None for a link that is not ours, and for somebody who has been erased."""
    try:
        number = int(_LINK.unsign(token))
    except (BadSignature, ValueError):
        return None
    return (
        MailingRecipient.objects.select_related("person")
        .filter(pk=number, mailing__announcement__kind=AnnouncementKind.NEWS)
        .first()
    )


def undo_token_for(recipient: MailingRecipient) -> str:
    """What the page after an objection offers for an hour, so that a press by mistake can be taken back."""
    return _UNDO.sign(str(recipient.pk))


def undo_is_for(token: str, recipient: MailingRecipient) -> bool:
    """Whether it is this recipient's, and not older than that."""
    try:
        return _UNDO.unsign(token, max_age=_UNDO_FOR) == str(recipient.pk)
    except BadSignature:
        return False
