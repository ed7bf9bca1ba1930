"""What can be done to one thing on its page: who may, whether it is open to them now or why not, its form, its call."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.http import Http404
from django.utils import timezone
from django.utils.functional import Promise

from disclosure.desk.forms import DeedForm
from disclosure.desk.refusals import CAUGHT, words_of
from users.desk import demand
from users.models import User
from users.personal import PersonRequest

T = TypeVar("T")
# Python refuses to read a number of thousands of digits.
_VERSION = re.compile("[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does it, when, and which version of the thing they were shown."""

    by: User
    at: datetime
    shown: int


@dataclass(frozen=True, slots=True)
class Deed(Generic[T]):
    """One of them. `closed` says why it is not open to somebody now, and nothing where it is; `key` is its key."""

    slug: str
    heading: str | Promise
    button: str | Promise
    done: str | Promise
    permission: str
    perform: Callable[[T, DeedForm, Doing], object]
    form: type[DeedForm] = DeedForm
    closed: Callable[[T, User], str] = lambda subject, member: ""
    explanation: str | Promise = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Offer(Generic[T]):
    """A deed as it stands on a page for somebody: with its form, or with why it is not open."""

    deed: Deed[T]
    form: DeedForm
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """That nothing was done: the status, the sentence, and the form with what was typed."""

    slug: str
    form: DeedForm
    status: int
    words: str = ""

    @property
    def typed(self) -> list[str]:
        """What was written by hand, to be shown where the form itself is no longer open."""
        return [text for name in self.form.fields if (text := str(self.form[name].value() or "").strip())]


def offers_for(deeds: Iterable[Deed[T]], subject: T, member: User, failure: Failure | None = None) -> list[Offer[T]]:
    """What this member of staff may do to the thing at all; what failed keeps what was typed."""
    offers = []
    for deed in deeds:
        if not member.has_perm(deed.permission):
            continue
        form = failure.form if failure and failure.slug == deed.slug else _form(deed, subject)
        offers.append(Offer(deed, form, deed.closed(subject, member)))
    return offers


def carry_out(request: PersonRequest, deeds: Iterable[Deed[T]], slug: str, subject: T) -> Failure | None:
    """Do what was posted, in one call of its service; what happened is said on the next page.

    Raises Http404 where there is no such deed, and PermissionDenied where their role does not allow it.
    """
    deed = next((deed for deed in deeds if deed.slug == slug), None)
    if deed is None:
        raise Http404
    demand(request.user, deed.permission)
    form = _form(deed, subject, request.POST)
    if not form.is_valid():
        return Failure(slug, form, 422)
    if why := deed.closed(subject, request.user):
        return Failure(slug, form, 409, why)
    doing = Doing(request.user, timezone.now(), shown_version(request))
    try:
        deed.perform(subject, form, doing)
    except CAUGHT as refused:
        return Failure(slug, form, 409, words_of(refused))
    messages.success(request, str(deed.done))
    return None


def shown_version(request: PersonRequest) -> int:
    """The version that a page was shown for; 0, which there is not, where it does not say."""
    text = request.POST.get("version", "")
    return int(text) if _VERSION.fullmatch(text) else 0


def _form(deed: Deed[T], subject: T, data: Any = None) -> DeedForm:
    """The form of a deed; its key leads to its first field, and never presses anything by itself."""
    form = deed.form(data, subject=subject, auto_id=f"id_{deed.slug}_%s")
    if deed.key and form.fields:
        next(iter(form.fields.values())).widget.attrs |= {"data-key": deed.key, "aria-keyshortcuts": deed.key}
    return form
