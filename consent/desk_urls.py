from django.urls import path, register_converter

from consent.desk import draft, past, previews, versions, writing
from consent.drafting import Noun


class NounConverter:
    """Which of the two texts."""

    regex = "|".join(Noun)

    def to_python(self, value: str) -> Noun:
        return Noun(value)

    def to_url(self, value: str) -> str:
        return str(value)


register_converter(NounConverter, "noun")

app_name = "policy_desk"
urlpatterns = [
    path("", versions.versions, name="versions"),
    path("begin/", versions.begin, name="begin"),
    path("drafts/<uuid:id>/", draft.draft, name="draft"),
    path("drafts/<uuid:id>/decision/", writing.decision, name="decision"),
    path("drafts/<uuid:id>/past/", past.past, name="past"),
    path("drafts/<uuid:id>/past/<int:number>/", past.step, name="step"),
    path("drafts/<uuid:id>/<noun:noun>/whole/", writing.whole, name="whole"),
    path("drafts/<uuid:id>/<noun:noun>/preview/<slug:language>/", previews.preview, name="preview"),
    path("drafts/<uuid:id>/<noun:noun>/changes/<slug:language>/", previews.changes, name="changes"),
    path("drafts/<uuid:id>/<noun:noun>/sections/<slug:key>/", writing.section, name="section"),
    path("drafts/<uuid:id>/<slug:slug>/", draft.do, name="do"),
]
