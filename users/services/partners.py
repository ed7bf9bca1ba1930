"""Partners and their API clients. A client's secret is random, shown once, and kept only as a hash."""

from collections.abc import Iterable
from datetime import datetime

from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import get_access_token_model

from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.models import ApiClient, Partner
from users.models.partners import Scope
from users.services.errors import Refused


class ClientClosed(Refused):
    """The client was closed; that is not taken back. The partner can be given another one."""


@locks.in_transaction
def add_partner(
    *,
    legal_name: str,
    contact_email: str,
    contact_address: str,
    country: str,
    is_affiliate: bool,
    description_en: str,
    description_zh_hans: str,
    privacy_url: str,
    by: Actor,
    at: datetime,
) -> Partner:
    """Enter a party that may receive data, contribute it, or be named in a consent. `country` is like `CN`."""
    partner = Partner.objects.create(
        legal_name=legal_name,
        contact_email=contact_email,
        contact_address=contact_address,
        country=country,
        is_affiliate=is_affiliate,
        description_en=description_en,
        description_zh_hans=description_zh_hans,
        privacy_url=privacy_url,
        created_at=at,
    )
    record(partner, kind="partner.added", by=by, at=at)
    return partner


@locks.in_transaction
def change_partner(
    partner: Partner,
    *,
    legal_name: str,
    contact_email: str,
    contact_address: str,
    country: str,
    is_affiliate: bool,
    description_en: str,
    description_zh_hans: str,
    privacy_url: str,
    by: Actor,
    at: datetime,
) -> None:
    """Change what is said of a partner. Texts that named it go on saying what they said; the gate reads none of it."""
    partner.refresh_from_db()
    partner.legal_name, partner.country, partner.is_affiliate = legal_name, country, is_affiliate
    partner.contact_email, partner.contact_address = contact_email, contact_address
    partner.description_en, partner.description_zh_hans = description_en, description_zh_hans
    partner.privacy_url = privacy_url
    partner.save()
    record(partner, kind="partner.changed", by=by, at=at)


def record(partner: Partner, *, kind: str, by: Actor, at: datetime) -> None:
    """Enter a partner as it stands: `kind` is `partner.added` or `partner.changed`."""
    append(
        kind=kind,
        pseudonym=None,
        actor=by,
        body={"partner": str(partner.pk), "country": partner.country, "is_affiliate": partner.is_affiliate},
        at=at,
    )


@locks.in_transaction
def issue_client(
    partner: Partner, *, scopes: Iterable[str], name: str, by: Actor, at: datetime
) -> tuple[ApiClient, str]:
    """Give a partner an API client for these scopes; returns it with its secret, which cannot be had again.

    Raises ValueError on a scope that there is not.
    """
    wanted = sorted({Scope(scope).value for scope in scopes})
    secret = generate_client_secret()
    client = ApiClient.objects.create(
        partner=partner,
        name=name,
        scopes=wanted,
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
    )
    append(
        kind="client.issued",
        pseudonym=None,
        actor=by,
        body={"partner": str(partner.pk), "client": client.client_id, "scopes": wanted},
        at=at,
    )
    return client, secret


@locks.in_transaction
def rotate_secret(client: ApiClient, *, by: Actor, at: datetime) -> str:
    """Replace a client's secret; returns the new one. Access tokens already issued run out by themselves.

    Raises ClientClosed.
    """
    _hold_open(client)
    secret = generate_client_secret()
    client.client_secret = secret
    client.save(update_fields=["client_secret", "updated"])
    append(
        kind="client.secret_rotated",
        pseudonym=None,
        actor=by,
        body={"partner": str(client.partner_id), "client": client.client_id},
        at=at,
    )
    return str(secret)


@locks.in_transaction
def change_client(client: ApiClient, *, scopes: Iterable[str], name: str, by: Actor, at: datetime) -> None:
    """Change what a client is called and what it may ask for; a scope that it loses its tokens lose with it.

    Raises ClientClosed, and ValueError on a scope that there is not.
    """
    _hold_open(client)
    client.name, client.scopes = name, sorted({Scope(scope).value for scope in scopes})
    client.save(update_fields=["name", "scopes", "updated"])
    append(
        kind="client.changed",
        pseudonym=None,
        actor=by,
        body={"partner": str(client.partner_id), "client": client.client_id, "scopes": client.scopes},
        at=at,
    )


@locks.in_transaction
def close_client(client: ApiClient, *, by: Actor, at: datetime) -> None:
    """End a client: its tokens and its secret stop working at once. Raises ClientClosed.

    The row stays, without scopes: requests and ledger entries name it.
    """
    _hold_open(client)
    # A new secret that nobody is told.
    client.client_secret, client.scopes = generate_client_secret(), []
    client.save(update_fields=["client_secret", "scopes", "updated"])
    get_access_token_model().objects.filter(application=client).delete()
    append(
        kind="client.closed",
        pseudonym=None,
        actor=by,
        body={"partner": str(client.partner_id), "client": client.client_id},
        at=at,
    )


def revoke_tokens(partner: Partner) -> None:
    """Delete every access token of the partner's clients. Whoever holds the partner's lock knows that none is under way."""
    get_access_token_model().objects.filter(application__partner=partner).delete()


def share_partner_of(client_id: str) -> None:
    """Keep the end of its partner's engagements back until the caller's transaction is over; nothing for an unknown client."""
    locks.share(partners=ApiClient.objects.filter(client_id=client_id).values_list("partner_id", flat=True))


def _hold_open(client: ApiClient) -> None:
    """Read the client as it is now and keep others from changing it. Raises ClientClosed."""
    ApiClient.objects.select_for_update().get(pk=client.pk)
    client.refresh_from_db()
    if client.is_closed:
        raise ClientClosed
