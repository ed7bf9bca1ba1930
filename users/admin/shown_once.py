"""A new secret, in the answer to the request that made it, and nowhere else."""

from typing import Any, cast

from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


class _IssuingRequest(HttpRequest):
    issued_secret: str


def remember_secret(request: HttpRequest, secret: str) -> None:
    """Keep the secret that a form has made until its answer."""
    cast(_IssuingRequest, request).issued_secret = secret


def remembered_secret(request: HttpRequest) -> str:
    return cast(_IssuingRequest, request).issued_secret


def shown_once(
    admin: "ModelAdmin[Any]",
    request: HttpRequest,
    original: Model,
    secret: str,
    *,
    title: str,
    explanation: str,
    name: tuple[str, str],
    onward: str,
) -> HttpResponse:
    """The page that shows a secret, beside the `name` (label and text) of what it belongs to."""
    context = {
        **admin.admin_site.each_context(request),
        "title": title,
        "opts": admin.opts,
        "original": original,
        "explanation": explanation,
        "name_label": name[0],
        "name": name[1],
        "secret": secret,
        "onward": onward,
    }
    return TemplateResponse(request, "admin/secret.html", context)
