"""Notices to everybody, posted as the services post them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from consent.models import Announcement, AnnouncementKind, Policy, Significance
from consent.services.announcements import Told, post
from consent.services.policies import publish
from privacy_app.languages import CODES
from privacy_app.ledger.actors import SYSTEM

TOLD = {"en": Told("New opening hours", "We open at **nine**."), "zh-hans": Told("营业时间调整", "我们**九点**开门。")}
SUMMARIES = {"en": "We now keep your orders for three years.", "zh-hans": "订单信息现保存三年。"}


def tell_everybody(
    kind: AnnouncementKind = AnnouncementKind.MESSAGE, told: Mapping[str, Told] = TOLD, **options: Any
) -> Announcement:
    """Post a notice, now unless said otherwise."""
    return post(kind, told, **{"by": SYSTEM, "at": timezone.now(), **options})


def a_policy_version(
    significance: Significance = Significance.SIGNIFICANT, *, at: datetime | None = None, **options: Any
) -> Policy:
    """Publish the next version of the policy: a whole text of one clause, with its summary."""
    texts = dict.fromkeys(CODES, "# Policy\n\n## Storage\n\n### STO-1 · Where\n\nHere.")
    agreement = publish(
        policy_texts=texts,
        agreement_texts=texts,
        prevailing_language="zh-hans",
        summaries=SUMMARIES,
        significance=significance,
        by=SYSTEM,
        at=at or timezone.now(),
        **options,
    )
    return agreement.policy
