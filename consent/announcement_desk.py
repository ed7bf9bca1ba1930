"""The desk's pages for notices to everybody: writing one, seeing it first, and its way by mail."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.announcement_forms import AnnouncementForm
from consent.announcement_queries import all_announcements, bounces_by_code
from consent.mailing_states import OPEN, State, TransitionRefused
from consent.models import Announcement, AnnouncementKind, Mailing
from consent.services import mailings
from consent.services.announcements import post, take_down
from consent.services.errors import NotAsked
from users.desk import demand, desk
from users.models import User
from users.personal import PersonRequest
from users.services.actors import as_staff

_ON_A_PAGE = 20
SEE, WRITE, CHANGE, SEND = (
    "consent.view_announcement",
    "consent.add_announcement",
    "consent.change_announcement",
    "consent.change_mailing",
)

# The shapes that stand in front of a state (static/app.css).
SHAPES = {State.RUNNING: "waiting", State.PAUSED: "off", State.FINISHED: "on", State.STOPPED: "refused"}


@dataclass(frozen=True, slots=True)
class Progress:
    """A mailing as its page shows it."""

    mailing: Mailing

    @property
    def shape(self) -> str:
        return SHAPES[State(self.mailing.state)]

    @property
    def is_running(self) -> bool:
        return self.mailing.state == State.RUNNING

    @property
    def is_open(self) -> bool:
        return self.mailing.state in OPEN

    @property
    def percent(self) -> int:
        """Of those listed, rounded down: a hundred means all."""
        return self.mailing.settled * 100 // self.mailing.listed if self.mailing.listed else 0

    @property
    def minutes_left(self) -> int:
        return -(-self.mailing.to_do // self.mailing.per_minute)


@dataclass(frozen=True, slots=True)
class Deed:
    """What can be done to a notice or its mailing, and what is said once it is done."""

    permission: str
    done: str | Promise
    perform: Callable[[Announcement, User, datetime], None]


def _mailing_of(announcement: Announcement) -> Mailing:
    mailing = Mailing.objects.filter(announcement=announcement).first()
    if mailing is None:
        raise Http404
    return mailing


DEEDS = {
    "pause": Deed(
        SEND,
        gettext_lazy("It is paused. What a worker has begun it ends; nobody else is written to."),
        lambda notice, member, at: mailings.pause(_mailing_of(notice), by=member, at=at),
    ),
    "resume": Deed(
        SEND,
        gettext_lazy("It goes on where it stood."),
        lambda notice, member, at: mailings.resume(_mailing_of(notice), by=member, at=at),
    ),
    "stop": Deed(
        SEND,
        gettext_lazy("It is stopped for good. Whoever was not written to will not be."),
        lambda notice, member, at: mailings.stop(_mailing_of(notice), by=member, at=at),
    ),
    "take-down": Deed(
        CHANGE,
        gettext_lazy("It is taken down: it is shown to nobody any more."),
        lambda notice, member, at: take_down(notice, by=as_staff(member), at=at),
    ),
}


@require_safe
@desk(SEE)
def announcements(request: PersonRequest) -> HttpResponse:
    page = Paginator(all_announcements(), _ON_A_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    rows = [(notice, _progress_of(notice), _is_shown(notice, now)) for notice in page.object_list]
    return render(request, "desk/announcements.html", {"page_obj": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@desk(WRITE)
def new(request: PersonRequest) -> HttpResponse:
    """First the form; then what people will see, to be posted or changed; what is posted is what was seen."""
    if request.method != "POST":
        return _form_page(request, AnnouncementForm(initial={"kind": AnnouncementKind.NEWS.value}))
    form = AnnouncementForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, 422)
    step = request.POST.get("step")
    if step == "post" and form.cleaned_data["id"]:
        data = form.cleaned_data
        try:
            notice = post(
                AnnouncementKind(data["kind"]),
                form.told,
                until=form.until,
                by_mail=data["by_mail"],
                id=data["id"],
                by=as_staff(request.user),
                at=timezone.now(),
            )
        except NotAsked:
            form.add_error(
                "kind",
                _(
                    "No purpose for product news has been published, so nobody may be sent any. Publish it, or leave the mail out."
                ),
            )
            return _form_page(request, form, 409)
        messages.success(request, _("It is posted."))
        return redirect("announcement_desk:announcement", notice.pk)
    if step == "edit":
        return _form_page(request, form)
    context = {"form": form, "told": form.told, "id": uuid4(), "until": form.until, **_reach(form)}
    return render(request, "desk/announcement_preview.html", context)


def _form_page(request: PersonRequest, form: AnnouncementForm, status: int = 200) -> HttpResponse:
    return render(request, "desk/announcement_new.html", {"form": form}, status=status)


def _reach(form: AnnouncementForm) -> dict[str, object]:
    return {"kind_words": AnnouncementKind(form.cleaned_data["kind"]).label, "by_mail": form.cleaned_data["by_mail"]}


@require_safe
@desk(SEE)
def announcement(request: PersonRequest, id: UUID) -> HttpResponse:
    return _page(request, id)


@require_safe
@desk(SEE)
def progress(request: PersonRequest, id: UUID) -> HttpResponse:
    """The mailing's part of the page alone, which htmx asks for while it is running."""
    notice = get_object_or_404(all_announcements(), pk=id)
    return render(request, "desk/mailing.html", {"announcement": notice, "progress": _progress_of(notice)})


@require_POST
@desk(SEE)
def do(request: PersonRequest, id: UUID, slug: str) -> HttpResponse:
    notice = get_object_or_404(Announcement, pk=id)
    deed = DEEDS.get(slug)
    if deed is None:
        raise Http404
    demand(request.user, deed.permission)
    try:
        deed.perform(notice, request.user, timezone.now())
    except TransitionRefused:
        return _page(request, id, refused=True)
    messages.success(request, str(deed.done))
    return redirect("announcement_desk:announcement", id)


def _page(request: PersonRequest, id: UUID, *, refused: bool = False) -> HttpResponse:
    notice = get_object_or_404(all_announcements(), pk=id)
    found = _progress_of(notice)
    context = {
        "announcement": notice,
        "progress": found,
        "is_shown": _is_shown(notice, timezone.now()),
        "bounces": bounces_by_code(found.mailing) if found and found.mailing.bounced else {},
        "refused": refused,
    }
    return render(request, "desk/announcement.html", context, status=409 if refused else 200)


def _progress_of(notice: Announcement) -> Progress | None:
    mailing = getattr(notice, "mailing", None)
    return Progress(mailing) if mailing else None


def _is_shown(notice: Announcement, at: datetime) -> bool:
    return notice.until is None or notice.until > at
