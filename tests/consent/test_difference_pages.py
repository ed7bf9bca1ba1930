"""What changed between two versions, as people read it and as machines do; and every version to choose from."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.models import Policy, Significance
from consent.services.policies import publish
from privacy_app.ledger.actors import SYSTEM
from tests.consent.makers import browser_of, someone, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.clause("CHG-a"), pytest.mark.clause("PRE-3")]
TEXTS = Path(__file__).resolve().parents[2] / "consent/texts"
ENGLISH = (TEXTS / "policy-1.en.md").read_text(encoding="utf-8")
CHINESE = (TEXTS / "policy-1.zh-hans.md").read_text(encoding="utf-8")
AFTER = ENGLISH.replace("great care and caution", "the greatest care").replace(
    "Two different reviewers must approve", "Three reviewers must approve"
)
DIFFERENCE = "/en/policy/1...2/"
API = "/api/v1/policies"


def second(
    english: str = AFTER, *, summary: str = "Three reviewers instead of two.", languages: Iterable[str] = ()
) -> Policy:
    """Publish the next version after the shipped one."""
    texts = {"en": english, "zh-hans": CHINESE.replace("我们会不时更新", "我们会定期更新")}
    texts = {language: texts[language] for language in languages or texts}
    return publish(
        policy_texts=texts,
        agreement_texts=dict.fromkeys(texts, "# Agreement\n\nAs before."),
        prevailing_language="zh-hans" if "zh-hans" in texts else "en",
        summaries={"en": summary},
        significance=Significance.SIGNIFICANT,
        by=SYSTEM,
        at=timezone.now(),
    ).policy


@pytest.fixture
def visitor() -> Client:
    return Client(SERVER_NAME="localhost")


# -- the page --------------------------------------------------------------------------------------


def test_what_changed_stands_under_the_three_headings_with_the_editors_summary(visitor: Client) -> None:
    second()
    answer = visitor.get(DIFFERENCE)
    page = text_of(answer)
    headings = [page.index(f'<h2 id="{name}">') for name in ("collected", "access", "disclosed", "general")]
    assert headings == sorted(headings)
    assert headings[2] < page.index('id="DIS-c"') < headings[3] < page.index('id="PRE-1"')
    assert "Three reviewers instead of two." in page
    assert "Nothing changed under this heading." in page
    assert '<details id="DIS-a">' in page
    assert not answer.cookies
    assert "private" in answer["Cache-Control"]


def test_added_and_removed_are_told_apart_by_element_and_by_words_for_those_who_listen(visitor: Client) -> None:
    second()
    page = text_of(visitor.get(DIFFERENCE))
    assert (
        '<ins><span class="visually-hidden">[added: </span>Three<span class="visually-hidden">] </span></ins>' in page
    )
    assert '<del><span class="visually-hidden">[removed: </span>Two different<span' in page
    assert "2 words added, 3 words removed" in page
    assert "2 paragraphs are the same" in page


def test_read_backwards_it_says_so_and_what_was_added_is_removed(visitor: Client) -> None:
    second()
    page = text_of(visitor.get("/en/policy/2...1/"))
    assert "You are reading backwards" in page
    assert '<ins><span class="visually-hidden">[added: </span>Two different<span' in page


def test_a_version_does_not_differ_from_itself(visitor: Client) -> None:
    assert "These are one and the same version." in text_of(visitor.get("/en/policy/1...1/"))


@pytest.mark.parametrize("pair", ["1...2", "2...1", "0...1", "1...99999999999999999999"])
def test_a_version_that_is_not_there_is_not_found(visitor: Client, pair: str) -> None:
    assert visitor.get(f"/en/policy/{pair}/").status_code == 404
    assert visitor.get(f"{API}/{pair}").status_code == 404


def test_each_language_compares_the_same_versions_in_its_own_words(visitor: Client) -> None:
    second()
    page = text_of(visitor.get("/zh-hans/policy/1...2/"))
    assert "收集和使用什么信息" in page
    assert "定期" in page
    assert "Three" not in page


def test_where_a_version_lacks_the_language_of_the_page_both_are_compared_in_another(visitor: Client) -> None:
    second(languages=["en"])
    page = text_of(visitor.get("/zh-hans/policy/1...2/"))
    assert '<div lang="en" class="comparison">' in page
    assert "Three" in page
    assert visitor.get(f"{API}/1...2", {"language": "zh-hans"}).status_code == 404


def test_markup_in_a_policy_stays_words(visitor: Client) -> None:
    second(AFTER.replace("Three reviewers", "<script>alert(1)</script> reviewers"), summary="<b>bold</b>")
    page = text_of(visitor.get(DIFFERENCE))
    assert "<script>alert" not in page
    assert "<b>bold" not in page
    assert "&lt;b&gt;bold" in page


def test_a_page_takes_the_same_queries_however_many_versions_lie_between(visitor: Client) -> None:
    def queries(address: str) -> int:
        visitor.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert visitor.get(address).status_code == 200
        return len(captured)

    second()
    few = queries(DIFFERENCE), queries("/en/policy/versions/")
    for number in range(4):
        second(f"{AFTER}\n\nAnd {number}.")
    assert (queries("/en/policy/1...6/"), queries("/en/policy/versions/")) == few


# -- choosing --------------------------------------------------------------------------------------


def test_the_policy_leads_to_what_it_changed_and_to_every_version(visitor: Client) -> None:
    page = text_of(visitor.get("/en/policy/"))
    assert 'href="/en/policy/versions/"' in page
    assert "..." not in "".join(part for part in page.split('"') if part.startswith("/en/policy"))
    second()
    assert f'href="{DIFFERENCE}"' in text_of(visitor.get("/en/policy/"))
    versions = text_of(visitor.get("/en/policy/versions/"))
    assert f'href="{DIFFERENCE}"' in versions
    assert "Three reviewers instead of two." in versions


def test_somebody_who_accepted_an_earlier_version_is_led_to_what_changed_since(visitor: Client) -> None:
    ada = someone()
    assert "which you accepted, is in force" in text_of(browser_of(ada).get("/en/policy/"))
    second()
    page = text_of(browser_of(ada).get("/en/policy/"))
    assert "Version 2 is in force. You accepted version 1." in page
    assert "See what changed since" in page


def test_two_versions_are_chosen_in_a_form_that_leads_to_an_address_to_share(visitor: Client) -> None:
    second()
    answer = visitor.get("/en/policy/versions/", {"before": "1", "after": "2"})
    assert (answer.status_code, answer["Location"]) == (302, DIFFERENCE)
    for after, words in {"seven": "Enter a whole number.", "3": "less than or equal to 2", "": "is required"}.items():
        wrong = visitor.get("/en/policy/versions/", {"before": "1", "after": after})
        assert wrong.status_code == 422
        assert words in text_of(wrong)


# -- for machines ----------------------------------------------------------------------------------


def test_every_version_is_listed_without_a_token_newest_first_page_by_page(visitor: Client) -> None:
    second()
    first = visitor.get(API, {"limit": "1"}).json()
    assert [entry["version"] for entry in first["policies"]] == [2]
    assert first["policies"][0]["standing"] == "in_force"
    assert first["policies"][0]["languages"]["en"]["summary"] == "Three reviewers instead of two."
    rest = visitor.get(API, {"limit": "1", "below": str(first["next"])}).json()
    assert [entry["version"] for entry in rest["policies"]] == [1]
    assert rest["next"] is None
    for wrong in ({"below": "x"}, {"below": "0"}, {"limit": "0"}):
        assert visitor.get(API, wrong).status_code == 400


def test_a_version_is_read_clause_by_clause_in_the_language_that_prevails_or_the_one_asked_for(visitor: Client) -> None:
    shown = visitor.get(f"{API}/1", {"language": "en"}).json()
    clause = next(clause for clause in shown["clauses"] if clause["id"] == "DIS-c")
    assert (clause["title"], clause["heading"]) == ("Required by law or by an authority", "disclosed")
    assert "Two different reviewers must approve" in clause["text"]
    assert visitor.get(f"{API}/1").json()["language"] == "zh-hans"
    assert visitor.get(f"{API}/1", {"language": "fr"}).status_code == 400
    assert visitor.get(f"{API}/7").status_code == 404


def test_a_difference_is_read_by_machines_as_people_read_it(visitor: Client) -> None:
    second()
    found = visitor.get(f"{API}/1...2", {"language": "en"}).json()
    by_id = {section["id"]: section for section in found["sections"]}
    assert set(by_id) == {"PRE-1", "DIS-c"}
    changed = next(passage for passage in by_id["DIS-c"]["passages"] if passage["change"] == "changed")
    assert changed["runs"][:2] == [{"kind": "deleted", "text": "Two different"}, {"kind": "inserted", "text": "Three"}]
    assert found["summaries"] == [{"version": 2, "summary": "Three reviewers instead of two."}]
    assert "DIS-a" in found["unchanged"]


def test_what_a_cache_holds_already_is_not_sent_again(visitor: Client) -> None:
    first = visitor.get(f"{API}/1")
    assert first["Cache-Control"] == "public, max-age=300"
    again = visitor.get(f"{API}/1", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert visitor.get(f"{API}/7")["Cache-Control"] == "no-store"
