"""Partners and their API clients. A client's secret is random, shown once, and kept only as a hash."""

from collections.abc import Iterable
from datetime import datetime

from oauth2_provider.generators import generate_client_secret

from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.models import ApiClient, Partner
from users.models.partners import Scope


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
    """Replace a client's secret; returns the new one. Access tokens already issued run out by themselves."""
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
