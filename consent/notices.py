"""The full notice of a purpose, ready in words: all that PIPL 17 and 23 and GDPR 13 want told before a choice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import get_language_info

from consent.models import Action, Aspect, Basis, PurposeRecipient, PurposeText, PurposeVersion
from consent.queries import aspects_of, published_versions
from consent.wording import aspect_words, basis_clause
from users.countries import country_name
from users.models import Category, DataElement


@dataclass(frozen=True, slots=True)
class Field:
    """One kind of data that the notice names."""

    title: str
    category: str
    is_sensitive: bool


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who may receive it: name, contact and country as the text named them; what they do, as we know them now."""

    name: str
    contact: str
    country: str
    description: str
    privacy_url: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One version of what people are told of a purpose, in the language of the page."""

    version: PurposeVersion
    text: PurposeText
    in_force: PurposeVersion
    versions: tuple[PurposeVersion, ...]
    recipients: tuple[Recipient, ...]
    fields: tuple[Field, ...]
    actions: tuple[str, ...]
    countries: tuple[str, ...]
    separate: tuple[str, ...]
    languages: tuple[str, ...]

    @property
    def is_in_force(self) -> bool:
        return self.version == self.in_force

    @property
    def has_switch(self) -> bool:
        """Whether the person can switch the use itself off."""
        return self.version.basis in (Basis.CONSENT, Basis.POLICY_OPT_OUT)

    @property
    def basis(self) -> str:
        return str(Basis(self.version.basis).label)

    @property
    def clause(self) -> str:
        """The clause that the use rests on."""
        return basis_clause(self.version.basis, self.recipients)

    @property
    def goes_abroad(self) -> bool:
        return any(code != settings.HOME_COUNTRY for code in self.version.countries)


def notice_of(purpose: str, number: int | None = None, *, at: datetime) -> Notice:
    """The notice of a purpose: the version in force, or one by its number. Raises PurposeVersion.DoesNotExist."""
    versions = published_versions(purpose, at=at)
    version = next((one for one in versions if number is None or one.version == number), None)
    if version is None:
        raise PurposeVersion.DoesNotExist
    elements = {element.key: element for element in DataElement.objects.filter(key__in=version.fields)}
    titles = {key: element.title for key, element in elements.items()}
    sensitive = frozenset(key for key, element in elements.items() if element.is_sensitive)
    return Notice(
        version=version,
        text=version.text(),
        in_force=versions[0],
        versions=tuple(versions),
        recipients=tuple(_recipient(recipient) for recipient in version.recipients.all()),
        fields=tuple(_field(key, elements) for key in version.fields),
        actions=tuple(str(Action(action).label) for action in version.actions),
        countries=tuple(country_name(code) for code in version.countries),
        separate=tuple(
            aspect_words(aspect, version, titles, sensitive)
            for aspect in aspects_of(version, sensitive)
            if aspect is not Aspect.BASE
        ),
        languages=tuple(get_language_info(text.language)["name_local"] for text in version.texts.all()),
    )


def _recipient(recipient: PurposeRecipient) -> Recipient:
    return Recipient(
        name=recipient.legal_name,
        contact=recipient.contact,
        country=country_name(recipient.country),
        description=recipient.partner.description,
        privacy_url=recipient.partner.privacy_url,
    )


def _field(key: str, elements: Mapping[str, DataElement]) -> Field:
    element = elements.get(key)
    if element is None:
        return Field(key, "", is_sensitive=False)
    return Field(element.title, str(Category(element.category).label), element.is_sensitive)
