#!/usr/bin/env python3
"""A partner of the website in one file: ask, request, read through the handle, and let go when told to.

    python docs/partner/partner.py --demo .data/demo.json                 ask, request and read
    python docs/partner/partner.py --demo .data/demo.json --handle ID     read again what was requested before
    … --keep kept.json                                                    and keep what was read, while that is allowed
    … --keep kept.json --events                                           fetch what happened, and delete accordingly
    … --keep kept.json --listen 9000 --secret whsec_…                     be called with it instead

It needs Python 3.11 and nothing else; docs/partner-guide.md explains it. The exit code is 0 where something could be
read, 1 where nothing may be, 2 where the call itself went wrong.
"""

import argparse
import base64
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
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
    decided_at: datetime

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
            decided_at=datetime.fromisoformat(data["decision"]["at"]),
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


SETTLED = timedelta(minutes=5)
"""By then a change that has begun is done, or never will be."""


class Kept:
    """What was read and is kept, in a file: by subject, and for which purpose. Nothing is kept that need not be.

    The file is read anew before each change, so that one process may listen while another reads. In real life this is
    a table of your database, and each change a transaction.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._load()

    def _load(self) -> None:
        content = json.loads(self._path.read_text()) if self._path.exists() else {}
        self.after: int = content.get("after", 0)
        """The last position that was read of the events."""
        self._seen: list[str] = content.get("seen", [])
        now = datetime.now(UTC)
        self._rows: list[dict[str, Any]] = [
            row for row in content.get("rows", []) if not row["until"] or now < datetime.fromisoformat(row["until"])
        ]

    def keep(self, handle: str, subject: str, purpose: str, reading: Reading) -> None:
        """Keep what a read gave, in place of what its handle gave before."""
        self.drop(handle)  # which reads the file anew
        until = reading.use_until.isoformat() if reading.use_until else None
        row = {"handle": handle, "subject": subject, "purpose": purpose, "until": until}
        self._rows.append({**row, "read_at": reading.decided_at.isoformat(), "values": dict(reading.values)})
        self.save()

    def drop(self, handle: str) -> None:
        """Keep nothing of what this handle gave."""
        self._load()
        self._rows = [row for row in self._rows if row["handle"] != handle]
        self.save()

    def obey(self, event: dict[str, Any]) -> int:
        """Delete what is not to be kept any more after this event; how many values. The same event again does nothing.

        Too much rather than too little: what may still be read can be read again when it is needed.
        """
        self._load()
        if event["id"] in self._seen:
            return 0
        deleted = 0
        for row in self._rows:
            for name in self._over(event, row):
                deleted += row["values"].pop(name, None) is not None
        self._rows = [row for row in self._rows if row["values"]]
        self._seen = [*self._seen, event["id"]][-10_000:]
        self.save()
        return deleted

    @staticmethod
    def _over(event: dict[str, Any], row: dict[str, Any]) -> list[str]:
        """The fields of what one read gave that are not to be kept after this event."""
        if event["subject"] and event["subject"]["id"] != row["subject"]:
            return []
        # What was read well after it happened rests on something else. A change can take a moment until it is done.
        if datetime.fromisoformat(row["read_at"]) - datetime.fromisoformat(event["at"]) > SETTLED:
            return []
        match event["type"]:
            case "consent.withdrawn" | "consent.expired" | "consent.revoked" | "consent.invalidated":
                return list(row["values"]) if row["purpose"] == event["data"]["purpose"] else []
            case "disclosure.revoked":
                return list(row["values"]) if row["handle"] == event["data"]["disclosure"] else []
            case "person.erased" | "engagement.ended":
                return list(row["values"])
            case "item.corrected":
                return list(event["data"]["fields"])
        return []

    def save(self) -> None:
        """Write the file anew, all of it or nothing, for nobody else to read."""
        fresh = self._path.with_name(f"{self._path.name}.new")
        fresh.unlink(missing_ok=True)
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"after": self.after, "seen": self._seen, "rows": self._rows}, file)
        fresh.replace(self._path)


def act_on(event: dict[str, Any], kept: Kept) -> None:
    """Do what an event asks for, and say so."""
    deleted = kept.obey(event)
    about = f" about {event['subject']['id']}" if event["subject"] else ""
    print(f"{event['type']}{about}: {deleted} values deleted", flush=True)


def catch_up(service: Service, kept: Kept) -> None:
    """Fetch the events after the last one, act on each, and acknowledge them once that is on disk."""
    while True:
        answer = service.call("GET", f"/api/v1/events?after={kept.after}")
        if not answer["events"]:
            return
        for event in answer["events"]:
            act_on(event, kept)
        kept.after = answer["next"]
        kept.save()
        left = service.call("POST", "/api/v1/events/ack", {"up_to": kept.after})["unacknowledged"]
        print(f"Acknowledged up to {kept.after}; {left} left")


TOLERANCE = 5 * 60
"""By how many seconds the clocks may differ. An older call may be one that somebody recorded and sends again."""


def is_genuine(headers: Any, body: bytes, secret: str, *, now: float) -> bool:
    """Whether a call comes from the service, as Standard Webhooks has it.

    The signature is over id, time and body, so none of them can be altered. While a secret is being replaced there are
    two signatures: one that holds is enough.
    """
    message_id, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not moment.isdigit() or abs(now - int(moment)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, f"{message_id}.{moment}.".encode() + body, "sha256")).decode()
    signatures = [signature.partition(",") for signature in headers.get("webhook-signature", "").split()]
    return any(version == "v1" and hmac.compare_digest(text, expected) for version, _, text in signatures)


def listen(service: Service, kept: Kept, port: int, secret: str) -> None:
    """Be called with events, one at a time, until interrupted. In real life this stands behind HTTPS."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            body = self.rfile.read(int(length)) if length.isdigit() and int(length) <= 65_536 else b""
            if not is_genuine(self.headers, body, secret, now=time.time()):
                self._answer(401)
                return
            event = json.loads(body)
            act_on(event, kept)
            # It is on disk: so it is taken, and if this answer is lost, the same call comes again and does nothing.
            self._answer(204)
            if event["type"] != "webhook.test":
                try:
                    service.call("POST", "/api/v1/events/ack", {"ids": [event["id"]]})
                except (Problem, urllib.error.URLError) as error:
                    print(f"Not acknowledged, which --events will do: {error}", file=sys.stderr, flush=True)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", port), Handler) as server:
        print(f"Listening on http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever()


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
    parser.add_argument("--keep", type=Path, help="keep what is read in this file")
    parser.add_argument("--events", action="store_true", help="fetch what happened, and delete accordingly")
    parser.add_argument("--listen", type=int, metavar="PORT", help="be called with what happens, on this machine")
    parser.add_argument("--secret", default=os.environ.get("WEBHOOK_SECRET", ""), help="what signs the calls")
    options = parser.parse_args()
    hears = options.events or options.listen is not None
    if hears and not options.keep:
        parser.error("say with --keep where what was read is kept")
    if options.listen is not None and not options.secret:
        parser.error("say with --secret, or WEBHOOK_SECRET, what signs the calls")

    try:
        demo = json.loads(options.demo.read_text())
    except OSError as error:
        parser.error(f"{options.demo} cannot be read: {error.strerror}")
    partner = next((each for each in demo["partners"] if options.partner.lower() in each["name"].lower()), None)
    if partner is None:
        parser.error(f"no partner in {options.demo} is called like that")
    subject = options.subject or next(iter(partner["subjects"]), "")
    if not (subject or options.email or options.handle or hears):
        parser.error("this partner knows nobody yet: name a person with --email")
    service = Service(demo["url"], partner["client_id"], partner["client_secret"])
    try:
        service.log_in()
        print(f"{partner['name']} may: {service.scopes}", flush=True)
        kept = Kept(options.keep) if options.keep else None
        if kept and hears:
            if options.events:
                catch_up(service, kept)
            if options.listen is not None:
                listen(service, kept, options.listen, options.secret)
            return 0
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
        if kept and reading is None:
            kept.drop(handle)
        elif kept and reading:
            disclosure = service.call("GET", f"/api/v1/disclosures/{handle}")
            kept.keep(handle, disclosure["subject"]["id"], disclosure["purpose"], reading)
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
