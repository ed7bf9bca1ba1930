"""Publishing the policy and the agreement that pins it (PRE-3, PRE-5)."""

from collections.abc import Mapping
from datetime import datetime

from consent.models import Agreement, AgreementText, Policy, PolicyText
from consent.models.policies import Text
from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append


@locks.in_transaction
def publish(
    *,
    policy_texts: Mapping[str, str],
    agreement_texts: Mapping[str, str],
    prevailing_language: str,
    by: Actor,
    at: datetime,
) -> Agreement:
    """Publish the next version of the policy and of the agreement that pins it, each with its Markdown by language."""
    # Every decision cites the version in force.
    locks.exclude(registry=True)
    policy = Policy.objects.create(version=_next(Policy), prevailing_language=prevailing_language, published_at=at)
    agreement = Agreement.objects.create(
        version=_next(Agreement), policy=policy, prevailing_language=prevailing_language, published_at=at
    )
    policy_rows = [
        PolicyText(policy=policy, language=language, markdown=markdown, sha256=Text.digest(markdown))
        for language, markdown in policy_texts.items()
    ]
    agreement_rows = [
        AgreementText(agreement=agreement, language=language, markdown=markdown, sha256=Text.digest(markdown))
        for language, markdown in agreement_texts.items()
    ]
    PolicyText.objects.bulk_create(policy_rows)
    AgreementText.objects.bulk_create(agreement_rows)
    texts: dict[str, list[PolicyText] | list[AgreementText]] = {"policy": policy_rows, "agreement": agreement_rows}
    for noun, rows in texts.items():
        append(
            kind=f"{noun}.published",
            pseudonym=None,
            actor=by,
            body={
                "version": policy.version if noun == "policy" else agreement.version,
                "policy_version": policy.version,
                "texts": {row.language: row.sha256 for row in rows},
            },
            at=at,
        )
    return agreement


def _next(model: type[Policy] | type[Agreement]) -> int:
    last = model._default_manager.order_by("-version").first()
    return last.version + 1 if last else 1
