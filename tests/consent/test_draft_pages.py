"""The desk's pages of the policy, and the public ones by day: who may see and press what, and what they say."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern
from django.utils import timezone

from consent.clauses import document_of
from consent.desk.draft import PRESSES
from consent.desk_urls import urlpatterns
from consent.models import Policy
from tests.admin_makers import fields_of
from tests.consent.editors import a_draft, editor, ready, section_of, submitted, the_draft
from tests.consent.test_policy_versions import publish
from tests.disclosure.desk.clerks import Clerk, says
from users.roles import Role

pytestmark = pytest.mark.django_db

EDITORS = frozenset({Role.POLICY_EDITOR})
PUBLISHERS = EDITORS | {Role.ADMINISTRATOR}
SEEN: dict[str, frozenset[Role]] = {
    **dict.fromkeys(("versions", "draft", "past", "step", "preview", "changes"), PUBLISHERS),
    **dict.fromkeys(("decision", "section", "whole"), EDITORS),
}
PRESSED = {"submit": EDITORS, "discard": EDITORS, "compare": EDITORS, "publish": PUBLISHERS, "return": PUBLISHERS}
PAGES = {
    "versions": "",
    "draft": "drafts/{id}/",
    "past": "drafts/{id}/past/",
    "step": "drafts/{id}/past/1/",
    "preview": "drafts/{id}/policy/preview/zh-hans/",
    "changes": "drafts/{id}/agreement/changes/en/",
    "decision": "drafts/{id}/decision/",
    "section": "drafts/{id}/policy/sections/DIS-a/",
    "whole": "drafts/{id}/agreement/whole/",
}


@pytest.mark.clause("SEC-a")
def test_each_page_and_press_is_for_exactly_those_whose_role_says_so() -> None:
    assert {*SEEN, "begin", "do"} == {each.name for each in urlpatterns if isinstance(each, URLPattern)}
    assert set(PRESSED) == set(PRESSES)
    draft = a_draft(editor().user)
    clerks = {role: Clerk(role, email=f"{role}@lantern.example") for role in Role}
    for name, path in PAGES.items():
        address = f"policy/{path.format(id=draft.pk)}"
        answers = {role: clerk.get(address) for role, clerk in clerks.items()}
        assert {role for role, answer in answers.items() if answer.status_code == 200} == SEEN[name], name
        assert {answer.status_code for role, answer in answers.items() if role not in SEEN[name]} == {403}
        assert all("no-store" in answers[role]["Cache-Control"] for role in SEEN[name])
    for slug, roles in PRESSED.items():
        # A revision that nobody was shown: whoever may press is told that the draft moved on.
        answers = {role: clerk.post(f"policy/drafts/{draft.pk}/{slug}/", revision=0) for role, clerk in clerks.items()}
        assert {role for role, answer in answers.items() if answer.status_code in (409, 422)} == roles, slug
        assert {answer.status_code for role, answer in answers.items() if role not in roles} == {403}
    assert clerks[Role.ADMINISTRATOR].post("policy/begin/").status_code == 403
    assert the_draft().revision == 1


@pytest.mark.clause("PRE-3")
def test_what_is_missing_is_named_with_clause_and_language_and_leads_there() -> None:
    edith = editor()
    draft = ready(edith.user)
    path = f"policy/drafts/{draft.pk}/policy/sections/USE-b/"
    assert edith.fill(path, body_zh_hans="").status_code == 302
    page = edith.get(f"policy/drafts/{draft.pk}/")
    assert "Privacy policy, Simplified Chinese: USE-b says nothing." in says(page)
    assert f'href="/en/desk/{path}"' in page.content.decode()
    draft.refresh_from_db()
    refused = edith.post(f"policy/drafts/{draft.pk}/submit/", revision=draft.revision)
    assert refused.status_code == 409
    assert "Something is missing still; it is listed below." in says(refused)


@pytest.mark.clause("PRE-3")
def test_what_somebody_wrote_of_whole_texts_and_decisions_is_not_overwritten_unseen() -> None:
    edith, otto = editor(), editor(1)
    draft = a_draft(edith.user)
    whole, decision = f"policy/drafts/{draft.pk}/agreement/whole/", f"policy/drafts/{draft.pk}/decision/"
    # Both have the pages open; she saves first.
    opened = {path: {k: v[0] if v else "" for k, v in fields_of(otto.get(path)).items()} for path in (whole, decision)}
    text = opened[whole]["body_en"]
    assert edith.fill(whole, body_en=text.replace("Lantern Market", "Her Market", 1)).status_code == 302
    assert edith.fill(decision, summary_en="Her summary", significance="").status_code == 302
    late = otto.post(whole, **{**opened[whole], "body_en": text.replace("Lantern Market", "His Market", 1)})
    assert late.status_code == 409
    for words in ("Her Market", "His Market"):
        assert words in says(late)
    late = otto.post(decision, **{**opened[decision], "summary_en": "His summary", "significance": ""})
    assert late.status_code == 409
    assert "Somebody else changed this meanwhile. It says now: Her summary" in says(late)
    assert "His summary" in late.content.decode()
    assert the_draft().content["summary.en"] == "Her summary"
    assert otto.fill(decision, summary_en="Our summary", significance="editorial").status_code == 302


@pytest.mark.clause("PRE-3")
def test_a_day_that_is_past_is_refused_beside_the_field_and_the_rest_is_kept_in_it() -> None:
    edith = editor()
    draft = a_draft(edith.user)
    answer = edith.fill(
        f"policy/drafts/{draft.pk}/decision/", summary_en="In short", significance="", in_force_from="2020-01-01T00:00"
    )
    assert answer.status_code == 422
    assert "This moment is past." in says(answer)
    assert "In short" in answer.content.decode()
    assert the_draft().revision == 1


def test_a_heading_in_a_section_is_refused_beside_what_was_typed() -> None:
    edith = editor()
    draft = a_draft(edith.user)
    answer = edith.fill(f"policy/drafts/{draft.pk}/policy/sections/DIS-a/", body_en="Words.\n\n## Another part")
    assert answer.status_code == 422
    assert "Headings are changed in the whole text." in says(answer)
    assert "## Another part" in answer.content.decode()


NASTY = """<script>alert(1)</script> <img src=x onerror=alert(1)>

[a](javascript:alert(1)) [b](<data:text/html,x>) ![c](data:image/svg+xml;base64,AAAA) <https://good.example/>

<iframe src="https://evil.example"></iframe>"""


@pytest.mark.clause("SEC-a")
def test_scripts_in_the_markdown_are_words() -> None:
    html = str(
        document_of(f"# Title\n\n## Part\n\n### DIS-a · A <script>title</script>\n\n{NASTY}").clauses["DIS-a"].html
    )
    for tag in ("<script", "<img", "<iframe", 'href="javascript', 'href="data'):
        assert tag not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert '<a href="https://good.example/"' in html
    edith = editor()
    draft = a_draft(edith.user)
    assert (
        edith.fill(f"policy/drafts/{draft.pk}/policy/sections/DIS-a/", title_en="<b>T</b>", body_en=NASTY).status_code
        == 302
    )
    for page in ("", "policy/preview/en/", "policy/changes/en/", "policy/sections/DIS-a/", "past/2/"):
        shown = edith.get(f"policy/drafts/{draft.pk}/{page}").content.decode()
        assert "<script>alert" not in shown
        assert "<b>T</b>" not in shown
        assert "<iframe" not in shown


@pytest.mark.clause("PRE-3")
def test_a_submitted_draft_is_published_by_the_other_one_and_read_by_number_and_by_day() -> None:
    edith, pia = editor(), editor(1)
    draft = submitted(edith.user)
    path = f"policy/drafts/{draft.pk}/"
    assert "Somebody else has to publish it." in says(edith.get(path))
    refused = edith.post(f"{path}publish/", revision=draft.revision)
    assert refused.status_code == 409
    assert "Publish version 2" in says(pia.get(path))
    assert pia.post(f"{path}publish/", revision=draft.revision).status_code == 302
    assert "It is published." in says(pia.get(path))
    visitor = Client(SERVER_NAME="localhost")
    today = timezone.localdate()
    for address in ("/en/policy/", "/en/policy/2/", f"/en/policy/on/{today}/"):
        page = visitor.get(address)
        assert page.status_code == 200
        for words in ("Version 2, published on", "We ask you, each time", "Couriers are told less."):
            assert words in says(page), address
    assert "If the two languages differ, the Chinese text prevails." in says(visitor.get("/en/policy/2/"))
    assert not visitor.cookies
    assert section_of(draft).body in Policy.objects.get(version=2).texts.get(language="en").markdown


@pytest.mark.clause("PRE-3")
def test_the_version_of_a_day_is_the_one_in_force_when_the_day_ended() -> None:
    publish(timezone.now())
    visitor = Client(SERVER_NAME="localhost")
    day = timezone.localdate()
    assert "Version 2" in says(visitor.get(f"/en/policy/on/{day}/"))
    gone = visitor.get("/en/policy/on/2020-02-29/")
    assert gone.status_code == 404
    assert "None was in force on that day." in says(gone)
    for wrong in ("2026-02-30", "0000-01-01", "9999-12-31"):
        assert visitor.get(f"/en/policy/on/{wrong}/").status_code == 404
    assert visitor.get("/en/policy/versions/", {"day": str(day)})["Location"] == f"/en/policy/on/{day}/"
    wrong_day = visitor.get("/en/policy/versions/", {"day": "yesterday"})
    assert wrong_day.status_code == 422
    assert "Write the date as year-month-day" in says(wrong_day)


@pytest.mark.clause("PRE-3")
def test_a_version_to_come_is_announced_on_the_policys_page_and_can_be_read() -> None:
    now = timezone.now() - timedelta(seconds=1)
    publish(timezone.now(), in_force_from=now + timedelta(days=40))
    visitor = Client(SERVER_NAME="localhost")
    assert "Version 2 comes into force on" in says(visitor.get("/en/policy/"))
    page = says(visitor.get("/en/policy/2/"))
    assert "Version 2, in force from" in page
    assert "Not yet in force" in page
    assert "Version 2" in says(visitor.get(f"/en/policy/on/{timezone.localdate() + timedelta(days=41)}/"))


def test_the_desks_list_costs_the_same_for_many_versions() -> None:
    edith = editor()
    publish(timezone.now())

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert edith.get("policy/").status_code == 200
        return len(captured)

    few = queries()
    for _ in range(30):
        publish(timezone.now())
    assert queries() == few
    assert edith.get("policy/", page="2").status_code == 200
