"""The whole product in a process of its own, and a real browser in front of it."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from privacy_app.embedded import demo_file
from tests.browser.site import Site
from tests.servers import Server

PEOPLE = 40


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A journey goes on where the one before it in its file ended; pages are looked at in any order, on any worker."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here and item.path.name != "test_pages.py":
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The demo world, with what its demo.json says of it."""
    with tempfile.TemporaryDirectory(prefix="site-") as directory:
        data_dir = Path(directory).resolve()
        server = Server(data_dir, "--people", str(PEOPLE))
        try:
            server.wait_until_it_answers()
            content = demo_file.read(data_dir)
            assert content is not None
            yield Site(url=content["url"], data_dir=data_dir, demo=content)
        finally:
            server.stop()
            server.forget()


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    return site.url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    quiet = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("CHROMIUM") or None,
        "args": ["--disable-quic", *quiet, *sandbox],
    }


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "en-GB", "timezone_id": "Asia/Shanghai"}


@pytest.fixture(autouse=True)
def nothing_from_outside(context: BrowserContext, site: Site) -> Iterator[None]:
    """No page asks another host for anything, breaks the Content-Security-Policy, or throws."""
    wrong: list[str] = []

    def watch(page: Page) -> None:
        def heard(message: ConsoleMessage) -> None:
            # A refused form is a status of its own kind, not a fault of the page.
            if message.type == "error" and "the server responded with a status of 4" not in message.text:
                wrong.append(message.text)

        page.on("console", heard)
        page.on("pageerror", lambda error: wrong.append(str(error)))

    def asked(request: Request) -> None:
        if not request.url.startswith((site.url, "data:")):
            wrong.append(request.url)

    context.on("page", watch)
    context.on("request", asked)
    yield
    assert wrong == []


@pytest.fixture
def mail_dir(site: Site) -> Path:
    """Where the demo puts its mail."""
    return site.data_dir / "mail"
