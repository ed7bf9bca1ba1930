"""Publishing the policy and the agreement that pins it (PRE-3, PRE-5)."""

from collections.abc import Mapping
from datetime import datetime

from consent.models import Agreement, AgreementText, Policy, PolicyText, Significance
from consent.models.policies import Text
from consent.services.errors import DatedBeforeLast, TextMissing
from consent.services.policy_notices import tell_of_version
from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.canonical import instant
from privacy_app.ledger.services import append


@locks.in_transaction
def publish(
    *,
    policy_texts: Mapping[str, str],
    agreement_texts: Mapping[str, str],
    prevailing_language: str,
    summaries: Mapping[str, str] | None = None,
    significance: Significance = Significance.EDITORIAL,
    proposed: Significance | None = None,
    reason: str = "",
    in_force_from: datetime | None = None,
    by: Actor,
    at: datetime,
) -> Agreement:
    """Publish the next version of the policy and of the agreement that pins it, each with its Markdown by language.

    It is posted at once and in force at once, or from `in_force_from` on; immutable it is from now. `summaries` say in
    each language what changed. Everybody is told of a significant version; nobody of an editorial one, which is what a
    first one may well be: whoever signs up accepts it. `proposed` is what the product proposed, if not the same; then `reason` says why it is not.

    Raises TextMissing, and DatedBeforeLast where it would be in force before the version before it, or in the past.
    """
    # Every decision cites the version in force.
    locks.exclude(registry=True)
    begin = in_force_from or at
    last = Policy.objects.order_by("-version").first()
    if begin < at or (last is not None and begin < last.published_at):
        raise DatedBeforeLast
    for texts in (policy_texts, agreement_texts):
        if prevailing_language not in texts or not all(markdown.strip() for markdown in texts.values()):
            raise TextMissing
    times = {"prevailing_language": prevailing_language, "posted_at": at, "published_at": begin}
    policy = Policy.objects.create(
        version=last.version + 1 if last else 1,
        significance=significance,
        proposed_significance=proposed or significance,
        significance_reason=reason,
        **times,
    )
    last_agreement = Agreement.objects.order_by("-version").first()
    agreement = Agreement.objects.create(
        version=last_agreement.version + 1 if last_agreement else 1, policy=policy, **times
    )
    said = summaries or {}
    policy_rows = PolicyText.objects.bulk_create(
        PolicyText(
            policy=policy,
            language=language,
            markdown=markdown,
            sha256=Text.digest(markdown),
            summary=said.get(language, ""),
        )
        for language, markdown in policy_texts.items()
    )
    agreement_rows = AgreementText.objects.bulk_create(
        AgreementText(agreement=agreement, language=language, markdown=markdown, sha256=Text.digest(markdown))
        for language, markdown in agreement_texts.items()
    )
    times_said = {"policy_version": policy.version, "in_force_from": instant(begin)}
    append(
        kind="policy.published",
        pseudonym=None,
        actor=by,
        body={
            "version": policy.version,
            **times_said,
            "texts": {row.language: row.sha256 for row in policy_rows},
            "summaries": {row.language: Text.digest(row.summary) for row in policy_rows if row.summary},
            "significance": str(significance),
            "proposed": str(proposed or significance),
        },
        at=at,
    )
    append(
        kind="agreement.published",
        pseudonym=None,
        actor=by,
        body={
            "version": agreement.version,
            **times_said,
            "texts": {row.language: row.sha256 for row in agreement_rows},
        },
        at=at,
    )
    if significance is Significance.SIGNIFICANT:
        tell_of_version(policy, said, by=by, at=at)
    return agreement
