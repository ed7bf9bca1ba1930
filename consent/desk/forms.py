"""The forms in which a draft is written: a section or a whole text side by side in each language, and what is decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from consent.drafting import (
    IN_FORCE_FROM,
    PREVAILING,
    REASON,
    SIGNIFICANCE,
    Content,
    summary_part,
)
from consent.models import Significance
from consent.sections import Section, tidied
from consent.services.drafts import PartWords, SectionWords, digest
from privacy_app.languages import CODES
from users.day_fields import MomentField

_LONGEST = 1_000_000
_LONGEST_SUMMARY = 2000


def _name(part: str, code: str) -> str:
    """The form's name for a part of the text in one language: `body_zh_hans`."""
    return f"{part}_{code.replace('-', '_')}"


def tag_of(code: str) -> str:
    """A language of ours as HTML names it."""
    return {"zh-hans": "zh-Hans"}.get(code, code)


def language_name(code: str) -> str:
    """What a language is called in the language of the page."""
    return str(get_language_info(code)["name_translated"])


class TextField(forms.CharField):
    """Long words in one language, with plain line ends."""

    def __init__(self, code: str, *, rows: int, **options: Any) -> None:
        attributes = {"rows": rows, "lang": tag_of(code), "spellcheck": "true"}
        super().__init__(max_length=_LONGEST, strip=False, widget=forms.Textarea(attrs=attributes), **options)

    def clean(self, value: Any) -> str:
        return tidied(super().clean(value))


@dataclass(frozen=True, slots=True)
class Column:
    """One language of a form: its fields, what stands there now where somebody else changed it, and what is in force."""

    code: str
    fields: list[forms.BoundField]
    shown: forms.BoundField
    stands: str
    in_force: str

    @property
    def name(self) -> str:
        return language_name(self.code)

    @property
    def tag(self) -> str:
        return tag_of(self.code)


class SideBySide(forms.Form):
    """Words in each language, one beside the other. `shown_…` tells what of them was shown."""

    use_required_attribute = False
    parts: tuple[str, ...] = ("body",)

    def columns(self, stands: Mapping[str, str], in_force: Mapping[str, str]) -> Iterator[Column]:
        for code in CODES:
            fields = [self[_name(part, code)] for part in self.parts]
            yield Column(code, fields, self[_name("shown", code)], stands.get(code, ""), in_force.get(code, ""))


class SectionForm(SideBySide):
    """One section. `sections` are what stands now, by language; a title is asked for where it has a heading."""

    def __init__(self, data: Any, sections: Mapping[str, Section]) -> None:
        first = next(iter(sections.values()))
        self.parts = ("title", "body") if first.level else ("body",)
        initial: dict[str, Any] = {}
        for code, section in sections.items():
            initial |= {_name("title", code): section.title, _name("body", code): section.body}
            initial[_name("shown", code)] = section.digest
        super().__init__(data, initial=initial)
        for code in CODES:
            if first.level:
                self.fields[_name("title", code)] = forms.CharField(
                    label=gettext_lazy("Heading"),
                    max_length=200,
                    widget=forms.TextInput(attrs={"lang": tag_of(code)}),
                )
            rows = 4 if first.level == 1 else 14
            self.fields[_name("body", code)] = TextField(code, rows=rows, label=gettext_lazy("Text"), required=False)
            self.fields[_name("shown", code)] = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def words(self) -> dict[str, SectionWords]:
        """What was typed, by language."""
        typed = self.cleaned_data
        return {
            code: SectionWords(
                title=typed.get(_name("title", code), ""),
                body=typed[_name("body", code)],
                shown=typed[_name("shown", code)],
            )
            for code in CODES
        }


class WholeForm(SideBySide):
    """A whole text in each language. `texts` are what stands now."""

    def __init__(self, data: Any, texts: Mapping[str, str]) -> None:
        initial = {_name("body", code): text for code, text in texts.items()}
        initial |= {_name("shown", code): digest(text) for code, text in texts.items()}
        super().__init__(data, initial=initial)
        for code in CODES:
            self.fields[_name("body", code)] = TextField(code, rows=30, label=gettext_lazy("Text"), required=False)
            self.fields[_name("shown", code)] = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def words(self) -> dict[str, PartWords]:
        """What was typed, by language."""
        typed = self.cleaned_data
        return {code: PartWords(typed[_name("body", code)], typed[_name("shown", code)]) for code in CODES}


class DecisionForm(forms.Form):
    """What is said about the texts: how much the change matters, in short what it is, and from when it is in force."""

    use_required_attribute = False

    significance = forms.ChoiceField(
        label=gettext_lazy("What kind of change it is"),
        choices=[("", gettext_lazy("Not decided yet")), *Significance.choices],
        widget=forms.RadioSelect,
        required=False,
    )
    significance_reason = forms.CharField(
        label=gettext_lazy("Why, where you disagree with the proposal"),
        max_length=_LONGEST_SUMMARY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It is kept with the version. Name no private person."),
    )
    in_force_from = MomentField(
        label=gettext_lazy("In force from"),
        required=False,
        help_text=gettext_lazy(
            "Empty: as soon as it is published. A day to come: until then people can read it as upcoming."
        ),
    )
    prevailing_language = forms.ChoiceField(
        label=gettext_lazy("Which language prevails"),
        required=False,
        choices=lambda: [(code, language_name(code)) for code in CODES],
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any, content: Content) -> None:
        self._content = content
        moment = content.in_force_from
        initial: dict[str, Any] = {
            SIGNIFICANCE: content.significance,
            REASON: content.reason,
            PREVAILING: content.prevailing_language,
            IN_FORCE_FROM: timezone.localtime(moment) if moment else None,
        }
        initial |= {_name("summary", code): words for code, words in content.summaries.items()}
        initial |= {f"shown_{self._field_of[part]}": digest(content.parts[part]) for part in self._field_of}
        super().__init__(data, initial=initial)
        for code in CODES:
            self.fields[_name("summary", code)] = forms.CharField(
                label=_("What changes, in short: %(language)s") % {"language": language_name(code)},
                max_length=_LONGEST_SUMMARY,
                required=False,
                widget=forms.Textarea(attrs={"rows": 4, "lang": tag_of(code)}),
                help_text=gettext_lazy("In plain words, for everybody whom it concerns. No Markdown."),
            )
        for field in self._field_of.values():
            self.fields[f"shown_{field}"] = forms.CharField(max_length=64, widget=forms.HiddenInput)
        self.order_fields(
            [SIGNIFICANCE, REASON, *(_name("summary", code) for code in CODES), IN_FORCE_FROM, PREVAILING]
        )

    _field_of: Mapping[str, str] = {
        **{part: part for part in (SIGNIFICANCE, REASON, IN_FORCE_FROM, PREVAILING)},
        **{summary_part(code): _name("summary", code) for code in CODES},
    }
    """The form's name for each part."""

    def clean_in_force_from(self) -> datetime | None:
        """A moment that was chosen earlier may have passed since; a new one is to come."""
        moment: datetime | None = self.cleaned_data[IN_FORCE_FROM]
        if moment and moment < timezone.now() and IN_FORCE_FROM in self.changed_data:
            raise forms.ValidationError(_("This moment is past. Leave it empty for: as soon as it is published."))
        return moment

    def words(self) -> dict[str, PartWords]:
        """What was typed, by part."""
        typed = self.cleaned_data
        moment = typed[IN_FORCE_FROM]
        written = {
            **{part: tidied(str(typed[field] or "")).strip("\n") for part, field in self._field_of.items()},
            IN_FORCE_FROM: moment.astimezone(UTC).isoformat() if moment else "",
        }
        # A browser's moment has no seconds: what was not touched stays as it was.
        if IN_FORCE_FROM not in self.changed_data:
            written[IN_FORCE_FROM] = self._content.parts[IN_FORCE_FROM]
        return {part: PartWords(words, typed[f"shown_{self._field_of[part]}"]) for part, words in written.items()}

    def say_what_stands(self, parts: list[str], now: Content) -> None:
        """After a conflict: beside each field what somebody else wrote; the next save is about that."""
        data: Any = self.data
        self.data = data = data.copy()
        for part in parts:
            field = self._field_of[part]
            stands = now.parts[part]
            if part == IN_FORCE_FROM and now.in_force_from:
                stands = f"{timezone.localtime(now.in_force_from):%Y-%m-%d %H:%M}"
            self.add_error(
                field,
                _("Somebody else changed this meanwhile. It says now: %(words)s") % {"words": stands or "–"},
            )
        for part, field in self._field_of.items():
            data[f"shown_{field}"] = digest(now.parts[part])


class NoteForm(forms.Form):
    """Why a draft goes back."""

    use_required_attribute = False

    note = forms.CharField(
        label=gettext_lazy("What should be done to it"),
        max_length=_LONGEST_SUMMARY,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Its editors read it, and it is kept. Name no private person."),
    )
