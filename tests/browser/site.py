"""What a journey needs of the site: where it is, who can log in, what arrived by mail, and its partners' clients."""

import email
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from email.policy import default
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

PASSWORD = "a long walk by the river"


@dataclass(frozen=True, slots=True)
class Site:
    url: str
    data_dir: Path
    demo: dict[str, Any]

    def page(self, address: str, language: str = "en") -> str:
        return f"{self.url}/{language}/{address}"

    def log_in(self, page: Page, role: str = "person") -> None:
        """As the demo's first log-in of this role."""
        login = next(login for login in self.demo["logins"] if login["role"] == role)
        page.goto(self.page("account/login/"))
        page.get_by_label("E-mail address").fill(login["email"])
        page.get_by_label("Password", exact=True).fill(login["password"])
        page.get_by_role("button", name="Log in", exact=True).click()
        expect(page).to_have_url(re.compile("/en/me/"))

    def mail_to(self, address: str, *, containing: str = "", seconds: float = 20) -> str:
        """The text of the newest mail to this address in which these words are, once there is one."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for path in sorted((self.data_dir / "mail").glob("*.log"), reverse=True):
                message = email.message_from_bytes(path.read_bytes(), policy=default)
                text = str(message.get_content())
                if message["To"] == address and containing in text:
                    return text
            time.sleep(0.2)
        raise AssertionError("no mail came")

    def client(self, *, scope: str = "", named: str = "") -> "ApiCaller":
        """The API client of the first partner that has the scope and this in its name."""
        partners = self.demo["partners"]
        partner = next(each for each in partners if named in each["name"] and (not scope or scope in each["scopes"]))
        return ApiCaller(self.url, partner)


class ApiCaller:
    """A partner over HTTP, as any program would be."""

    def __init__(self, url: str, partner: dict[str, Any]) -> None:
        self.url = url
        self.partner = partner
        self.token = ""
        assert self.log_in()[0] == 200

    def log_in(self) -> tuple[int, Any]:
        """Ask for a token in the place of the one it has; the answer."""
        form = {"grant_type": "client_credentials", **{k: self.partner[k] for k in ("client_id", "client_secret")}}
        status, answer = self._send("POST", "/oauth/token", urllib.parse.urlencode(form).encode(), {})
        self.token = answer.get("access_token", "")
        return status, answer

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, Any]:
        request = urllib.request.Request(self.url + path, data=body, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def _headers(self, key: str | None = None) -> dict[str, str]:
        named = {"Idempotency-Key": key} if key else {}
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **named}

    def get(self, path: str) -> tuple[int, Any]:
        return self._send("GET", f"/api/v1/{path}", None, self._headers())

    def post(self, path: str, body: Any, *, key: str | None = None) -> tuple[int, Any]:
        return self._send("POST", f"/api/v1/{path}", json.dumps(body).encode(), self._headers(key))

    def patch(self, path: str, body: Any) -> tuple[int, Any]:
        return self._send("PATCH", f"/api/v1/{path}", json.dumps(body).encode(), self._headers())
