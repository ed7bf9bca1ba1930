#!/usr/bin/env python3
"""A partner of the website in one file: ask, request, read through the handle, and let go when told to.

    python docs/partner/partner.py --demo .data/demo.json                 ask, request and read
    python docs/partner/partner.py --demo .data/demo.json --handle ID     read again what was requested before

It needs Python 3.11 and nothing else; docs/partner-guide.md explains it. The exit code is 0 where something could be
read, 1 where nothing may be, 2 where the call itself went wrong.
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PATIENCE = (1, 2, 4, 8)
"""Seconds to wait before each new attempt of a call that may simply be repeated."""


class Problem(Exception):
    """What the service said was wrong (RFC 9457). `reasons` says it to programs, `title` and `detail` to people."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status = status
        self.type = str(body.get("type") or body.get("error") or "unknown").removeprefix("urn:privacy-app:problem:")
        self.title = str(body.get("title") or body.get("error_description") or self.type)
        self.detail = str(body.get("detail") or "")
        self.reasons: list[dict[str, Any]] = body.get("reasons") or []
        super().__init__(f"{status} {self.type}")

    @property
    def passes(self) -> bool:
        """Whether the same call may succeed a little later. A spent quota does not: it is there again tomorrow."""
        return self.status == 503 or self.type == "in-flight"


@dataclass
class Service:
    """The API, as one client of it."""

    url: str
    client_id: str
    client_secret: str
    scopes: str = ""
    _token: str = ""
    _expires_at: float = 0.0

    def call(self, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        """One call of the API, repeated where repeating it is safe and may help. Raises Problem.

        A call that creates something carries an Idempotency-Key: repeated under the same key it is done once.
        """
        content = None if body is None else json.dumps(body).encode()
        renewed = False
        for wait in (*PATIENCE, None):
            headers = {"Authorization": f"Bearer {self._access_token()}", "Accept": "application/json"}
            if content is not None:
                headers["Content-Type"] = "application/json"
            if key:
                headers["Idempotency-Key"] = key
            try:
                return self._send(method, path, content, headers)
            except Problem as problem:
                if problem.status == 401 and not renewed:
                    self._token, renewed = "", True
                elif not problem.passes or wait is None:
                    raise
                else:
                    time.sleep(wait)
            except (urllib.error.URLError, TimeoutError):
                if wait is None:
                    raise
                time.sleep(wait)
        raise AssertionError("unreachable")

    def log_in(self) -> None:
        """Get an access token (OAuth 2.0 client credentials). It lives for an hour; nothing else needs the secret."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self._send("POST", "/oauth/token", urllib.parse.urlencode(form).encode(), headers)
        self._token, self.scopes = answer["access_token"], answer["scope"]
        self._expires_at = time.monotonic() + answer["expires_in"] - 60

    def _access_token(self) -> str:
        if not self._token or time.monotonic() > self._expires_at:
            self.log_in()
        return self._token

    def _send(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> Any:
        request = urllib.request.Request(self.url + path, method=method, data=content, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            try:
                body = json.load(error)
            except ValueError:
                body = {}
            raise Problem(error.code, body if isinstance(body, dict) else {}) from None


@dataclass
class Reading:
    """What one read gave: values to use now, within what was taken on with them, and then to forget."""

    values: dict[str, str] = field(repr=False)
    origins: dict[str, str]
    use_until: datetime | None

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Reading":
        held = {name: value for name, value in data["fields"].items() if value is not None}
        until = data["decision"]["obligations"]["valid_until"]
        return cls(
            values={name: value["value"] for name, value in held.items()},
            origins={
                name: f"from {value['source']}, obtained {value['obtained_at'][:10]}" for name, value in held.items()
            },
            use_until=datetime.fromisoformat(until) if until else None,
        )

    def value(self, name: str, *, now: datetime) -> str | None:
        """A value, while it may be used; afterwards nothing is left here."""
        if self.use_until is not None and now >= self.use_until:
            self.forget()
        return self.values.get(name)

    def forget(self) -> None:
        """Delete what was read, as agreed."""
        self.values.clear()


def explain(reasons: list[dict[str, Any]]) -> None:
    """Say why something is denied: the clause of the policy, the code to program against, the words to read."""
    for reason in reasons:
        fields = ", ".join(reason.get("fields") or [])
        clause = f"[{reason['clause']}] " if reason.get("clause") else ""
        print(f"    {clause}{reason['code']}: {reason['message']}" + (f" ({fields})" if fields else ""))


def ask(service: Service, query: dict[str, Any]) -> None:
    """Ask first where that saves work: it releases nothing, and what it says holds for this moment only."""
    (decision,) = service.call("POST", "/api/v1/decisions", {"queries": [query]})["decisions"]
    print(
        f"Decision: {decision['outcome']} on the ground {decision['ground']}, policy version {decision['policy_version']}"
    )
    for name, outcome in sorted(decision["fields"].items()):
        print(f"  {name}: {outcome}")
    explain(decision["reasons"])


def request_disclosure(service: Service, query: dict[str, Any]) -> str:
    """Request a disclosure; returns its handle, which is all that has to be kept."""
    # One key for one business matter, kept with it until the answer is there. Not a new one for each attempt.
    key = str(uuid.uuid4())
    disclosure = service.call("POST", "/api/v1/disclosures", query, key=key)
    print(f"Disclosure {disclosure['id']}: {disclosure['status']}")
    # As if the first answer had been lost on its way.
    repeated = service.call("POST", "/api/v1/disclosures", query, key=key)
    print(
        "  The same request under the same key: " + ("still one" if repeated["id"] == disclosure["id"] else "another")
    )
    return str(disclosure["id"])


def read(service: Service, handle: str, *, show: bool) -> Reading | None:
    """Read through a handle, each time that the values are needed. None where nothing is permitted any more."""
    try:
        data = service.call("GET", f"/api/v1/disclosures/{handle}/data")
    except Problem as problem:
        if problem.type != "refused":
            raise
        print(f"Read through {handle}: refused")
        explain(problem.reasons)
        print("  Whatever was read under this handle before is to be deleted now.")
        return None
    reading = Reading.of(data)
    print(f"Read through {handle}:")
    for name in sorted(data["fields"]):
        # Values belong where they are needed, and not on a screen or in a log.
        value = reading.value(name, now=datetime.now(UTC))
        shown = "nothing is held" if value is None else value if show else f"{len(value)} characters"
        print(f"  {name}: {shown}" + (f", {reading.origins[name]}" if name in reading.origins else ""))
    explain(data["decision"]["reasons"])
    obligations = data["decision"]["obligations"]
    until = reading.use_until.strftime("until %Y-%m-%d") if reading.use_until else "for as long as a read is permitted"
    print(f"  To be used {until}" + (", and deleted then" if obligations["delete_at_end"] else ""))
    for mechanism in obligations["transfer_mechanisms"]:
        print(f"  Going abroad under: {mechanism}")
    return reading


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--demo", type=Path, required=True, help="the demo's demo.json, with addresses and secrets")
    parser.add_argument("--partner", default="", help="a part of the partner's name (default: the first partner)")
    parser.add_argument("--subject", default="", help="your id for the person (default: the first in demo.json)")
    parser.add_argument("--email", default="", help="name the person by e-mail address instead")
    parser.add_argument("--purpose", default="delivery-updates")
    parser.add_argument("--fields", default="contact.email,contact.phone,identity.name", help="separated by commas")
    parser.add_argument("--ground", default="consent", choices=["consent", "service_request"])
    parser.add_argument("--action", default="share", choices=["provide", "share", "sell", "rent", "trade"])
    parser.add_argument("--handle", default="", help="only read, through a handle from before")
    parser.add_argument("--show", action="store_true", help="print the values")
    options = parser.parse_args()

    demo = json.loads(options.demo.read_text())
    partner = next((each for each in demo["partners"] if options.partner.lower() in each["name"].lower()), None)
    if partner is None:
        parser.error(f"no partner in {options.demo} is called like that")
    subject = options.subject or next(iter(partner["subjects"]), "")
    if not (subject or options.email or options.handle):
        parser.error("this partner knows nobody yet: name a person with --email")
    service = Service(demo["url"], partner["client_id"], partner["client_secret"])
    try:
        service.log_in()
        print(f"{partner['name']} may: {service.scopes}")
        handle = options.handle
        if not handle:
            query = {
                "subject": {"email": options.email} if options.email else {"id": subject},
                "purpose": options.purpose,
                "fields": options.fields.split(","),
                "ground": options.ground,
                "action": options.action,
            }
            ask(service, query)
            handle = request_disclosure(service, query)
        reading = read(service, handle, show=options.show)
    except Problem as problem:
        print(f"{problem.status} {problem.type}: {problem.title}. {problem.detail}".rstrip(), file=sys.stderr)
        for reason in problem.reasons:
            print(f"  {reason.get('pointer', '')} {reason['code']}: {reason['message']}", file=sys.stderr)
        return 2
    except urllib.error.URLError as error:
        print(f"{service.url} does not answer: {error.reason}", file=sys.stderr)
        return 2
    return 0 if reading is not None else 1


if __name__ == "__main__":
    sys.exit(main())
