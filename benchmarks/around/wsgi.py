"""The product, and beside it in the same processes what it is compared with, behind the middleware of `startproject`."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from benchmarks.around.server import WHICH_PROCESS
from privacy_app.wsgi import application as _product

with override_settings(
    MIDDLEWARE=[
        "benchmarks.against.urls.OwnAddresses",
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]
):
    _others = WSGIHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == WHICH_PROCESS:
        process = str(os.getpid()).encode()
        start_response("200 OK", [("Content-Length", str(len(process)))])
        return [process]
    handler = _others if environ["PATH_INFO"].startswith("/others/") else _product
    return handler(environ, start_response)
