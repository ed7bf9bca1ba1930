"""What the product proposes of a new version, and what an old consent goes on covering (CHG-b)."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.significance import (
    NOTHING,
    Coverage,
    Difference,
    Named,
    Proposal,
    Reason,
    Scope,
    Significance,
    differences_of_clauses,
    differences_of_purpose,
    propose,
    still_covered,
)

pytestmark = pytest.mark.clause("CHG-b")

EDITORIAL, SIGNIFICANT = Significance.EDITORIAL, Significance.SIGNIFICANT
SCOPE = Scope(
    coverage=Coverage(frozenset({"contact.email"}), frozenset({"share"}), frozenset({"CN"})),
    recipients=frozenset({"northwind"}),
    basis="consent",
    valid_days=365,
    words={"en.reason": "So that you need not wait at home.", "zh-hans.reason": "您不必在家等候。"},
)
_keys = st.frozensets(st.sampled_from("abcdef"), min_size=1)
coverages = st.builds(Coverage, fields=_keys, actions=_keys, countries=_keys)
scopes = st.builds(
    Scope,
    coverage=coverages,
    recipients=st.frozensets(st.sampled_from("pqr")),
    basis=st.sampled_from(["consent", "contract"]),
    valid_days=st.none() | st.integers(1, 400),
    words=st.dictionaries(
        st.sampled_from(["en.reason", "en.title"]), st.sampled_from(["We write.", "We ring you up."])
    ),
)
reasons = st.builds(Reason, st.sampled_from(Difference), st.sampled_from(["DIS-a", "updates"]))


def proposed(old: Scope | None, new: Scope) -> Proposal:
    return propose(differences_of_purpose("updates", old, new))


# -- purposes ------------------------------------------------------------------------------------


@given(st.none() | scopes, scopes)
def test_whatever_is_added_is_significant(old: Scope | None, new: Scope) -> None:
    adds = old is None or new.coverage - old.coverage or new.recipients - old.recipients
    assert not adds or proposed(old, new).significance is SIGNIFICANT


@given(scopes)
def test_nothing_changed_is_editorial_and_without_a_reason(scope: Scope) -> None:
    assert proposed(scope, scope) == Proposal()
    assert proposed(scope, scope).significance is EDITORIAL


TYPO = {"en.reason": "So that you need not wait at hoem.", "zh-hans.reason": "您不必再家等候。"}


def test_a_typo_in_a_purpose_is_editorial() -> None:
    proposal = proposed(SCOPE, replace(SCOPE, words=TYPO))
    assert proposal.significance is EDITORIAL
    assert proposal.reasons == (Reason(Difference.PURPOSE_CORRECTED, "updates", ("en.reason", "zh-hans.reason")),)


@given(st.text(" .,;:!\n\t-()", max_size=5), st.text(" .,;:!\n\t-()", max_size=5))
def test_spacing_and_punctuation_are_editorial_wherever_they_stand(before: str, after: str) -> None:
    words = {part: before + text.upper() + after for part, text in SCOPE.words.items()}
    assert proposed(SCOPE, replace(SCOPE, words=words)).significance is EDITORIAL


ONE_CHANGE: list[tuple[dict[str, Any], Difference, tuple[str, ...]]] = [
    ({"fields": {"contact.email", "contact.phone"}}, Difference.FIELDS_ADDED, ("contact.phone",)),
    ({"actions": {"share", "sell"}}, Difference.ACTIONS_ADDED, ("sell",)),
    ({"countries": {"CN", "SG"}}, Difference.COUNTRIES_ADDED, ("SG",)),
    ({"recipients": {"northwind", "brightleaf"}}, Difference.RECIPIENTS_ADDED, ("brightleaf",)),
    ({"fields": set()}, Difference.FIELDS_REMOVED, ("contact.email",)),
    ({"actions": set()}, Difference.ACTIONS_REMOVED, ("share",)),
    ({"countries": set()}, Difference.COUNTRIES_REMOVED, ("CN",)),
    ({"recipients": set()}, Difference.RECIPIENTS_REMOVED, ("northwind",)),
    ({"basis": "policy_opt_out"}, Difference.BASIS_CHANGED, ("consent", "policy_opt_out")),
    ({"valid_days": None}, Difference.LASTS_LONGER, ("365", "")),
    ({"valid_days": 366}, Difference.LASTS_LONGER, ("365", "366")),
    ({"valid_days": 30}, Difference.LASTS_SHORTER, ("365", "30")),
    (
        {"words": {**SCOPE.words, "en.reason": "So that we can sell you more."}},
        Difference.PURPOSE_REWORDED,
        ("en.reason",),
    ),
]


@pytest.mark.parametrize(("change", "what", "keys"), ONE_CHANGE)
def test_each_change_is_named_with_what_it_is_about(
    change: dict[str, Any], what: Difference, keys: tuple[str, ...]
) -> None:
    covered = {part: frozenset(change.pop(part)) for part in ("fields", "actions", "countries") if part in change}
    if "recipients" in change:
        change["recipients"] = frozenset(change["recipients"])
    new = replace(SCOPE, coverage=replace(SCOPE.coverage, **covered), **change)
    assert proposed(SCOPE, new).reasons == (Reason(what, "updates", keys),)


# -- clauses, and all together -----------------------------------------------------------------------------


def test_clauses_are_told_apart_by_how_much_they_changed() -> None:
    old = {"PRE-1": "We take care.", "DIS-a": "Only with your consent.", "DIS-b": "For a service.", "STO-1": "Here."}
    new = {"PRE-1": "We take care.", "DIS-a": "With your consent.", "DIS-b": "For a servise.", "COL-a": "Pages."}
    assert set(differences_of_clauses(old, new)) == {
        Reason(Difference.CLAUSE_REWORDED, "DIS-a"),
        Reason(Difference.CLAUSE_CORRECTED, "DIS-b"),
        Reason(Difference.CLAUSE_ADDED, "COL-a"),
        Reason(Difference.CLAUSE_REMOVED, "STO-1"),
    }


def test_a_clause_is_named_once_by_the_language_in_which_it_changed_more() -> None:
    corrected, reworded = Reason(Difference.CLAUSE_CORRECTED, "DIS-a"), Reason(Difference.CLAUSE_REWORDED, "DIS-a")
    assert propose([corrected], [reworded]).reasons == (reworded,)
    assert propose([corrected], [corrected]).reasons == (corrected,)


@given(st.lists(reasons), st.lists(reasons))
def test_more_changes_never_make_a_version_less_significant(some: list[Reason], more: list[Reason]) -> None:
    if propose(some).significance is SIGNIFICANT:
        assert propose(some, more).significance is SIGNIFICANT
    assert propose(some, more).significance is propose(more, some).significance


@given(st.lists(reasons))
def test_what_is_significant_is_told_first(some: list[Reason]) -> None:
    told = [reason.significance for reason in propose(some).reasons]
    assert told == sorted(told, reverse=True)


# -- what an old consent covers -----------------------------------------------------------------------------------

versions = st.lists(st.builds(Named, coverages | st.just(NOTHING), st.booleans()), min_size=1, max_size=6)


def is_within(part: Coverage | None, whole: Coverage | None) -> bool:
    return part is None or (whole is not None and not part - whole)


@given(versions)
def test_a_consent_covers_nothing_that_its_own_text_or_the_one_in_force_does_not_name(published: list[Named]) -> None:
    for version, covered in zip(published, still_covered(published), strict=True):
        assert is_within(covered, version.coverage)
        assert is_within(covered, published[-1].coverage)


@given(versions, st.builds(Named, coverages, st.booleans()))
def test_publishing_never_widens_what_any_consent_covers(published: list[Named], next_: Named) -> None:
    before, after = still_covered(published), still_covered([*published, next_])
    assert all(is_within(covered, was) for covered, was in zip(after, before, strict=False))


@given(versions, coverages)
def test_a_wider_text_takes_nothing_from_what_was_named(published: list[Named], more: Coverage) -> None:
    wider = Named(published[-1].coverage | more)
    assert still_covered([*published, wider])[:-1] == still_covered(published)


@given(versions, coverages)
def test_a_changed_meaning_leaves_nothing_of_what_was_given_before_it(published: list[Named], next_: Coverage) -> None:
    assert still_covered([*published, Named(next_, True)]) == [None] * len(published) + [next_]


def test_what_was_taken_out_does_not_come_back_by_itself() -> None:
    wide = Named(Coverage(frozenset("ab"), frozenset("s"), frozenset("c")))
    narrow = Named(Coverage(frozenset("a"), frozenset("s"), frozenset("c")))
    assert still_covered([wide, narrow, wide]) == [narrow.coverage, narrow.coverage, wide.coverage]
