"""The policy's own words on pages that are not the policy."""

from collections.abc import Mapping
from dataclasses import replace

from django import template
from django.urls import reverse
from django.utils import timezone

from consent.clauses import Clause, clauses_in_force

register = template.Library()


@register.simple_tag
def policy_clauses() -> Mapping[str, Clause]:
    """The clauses of the policy in force, by id: one query, so once a page."""
    return clauses_in_force(at=timezone.now())


@register.simple_tag
def words_of(clauses: Mapping[str, Clause], clause: str) -> Clause | None:
    """One clause, with its links to others leading to the policy; None where the policy has none of that id."""
    words = clauses.get(clause)
    return replace(words, html=words.html_at(reverse("policy"))) if words else None
