"""Which addresses are called: public ones by HTTPS, the very ones that were checked, and no step further."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import translation
from pytest_django import Settings

from tests.receiver import Receiver, speaking
from users.webhooks import sender
from users.webhooks.sender import ClientErrorAnswered, OddlyAnswered, Redirected, ServerErrorAnswered, post
from users.webhooks.targets import TargetRefused, is_public, parsed, resolved

pytestmark = pytest.mark.clause("SEC-a")

NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456:789a::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "2606:4700::1111%2",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "126.255.255.255",
    "128.0.0.1",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "192.167.255.255",
    "192.169.0.1",
    "198.17.255.255",
    "198.20.0.1",
    "223.255.255.255",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2400:cb00::1",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "2003::1",
    "3ffe::1",
]


def _of(address: str) -> str:
    return f"https://[{address}]/" if ":" in address else f"https://{address}/"


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_of_the_public_internet_is_not_called(strict: None, address: str) -> None:
    assert not is_public(ip_address(address))
    for url in (_of(address), _of(address).replace("%", "%25")):
        with pytest.raises(TargetRefused):
            parsed(url)
    with pytest.raises(TargetRefused):
        resolved(parsed("https://partner.example/"), seconds=5, lookup=Names([address]))


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_public_internet_may_be_called(address: str) -> None:
    assert is_public(ip_address(address))
    assert resolved(parsed(_of(address)), seconds=5) == [ip_address(address)]


@pytest.fixture
def strict(settings: Settings) -> None:
    """As in production."""
    settings.PRODUCTION, settings.WEBHOOK_ALLOW_LOOPBACK = True, False


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://partner.example/", "begins with https://"),
        ("http://127.0.0.1/", "begins with https://"),
        ("http://localhost:8000/", "begins with https://"),
        ("https://127.0.0.1/", "not on the public internet"),
        ("https://[::1]/", "not on the public internet"),
        ("https://10.1.2.3/", "not on the public internet"),
        ("https://partner.example:8443/", "Only the port 443"),
        ("https://partner.example:22/", "Only the port 443"),
        ("https://partner.example:0/", "not an address"),
        ("https://partner.example:99999/", "not an address"),
        ("https://partner.example:x/", "not an address"),
        ("https://[::1/", "not an address"),
        ("ftp://partner.example/", "begins with https://"),
        ("file:///etc/passwd", "begins with https://"),
        ("gopher://partner.example/", "begins with https://"),
        ("partner.example/hooks", "begins with https://"),
        ("//partner.example/hooks", "begins with https://"),
        ("https:///hooks", "begins with https://"),
        ("https://us:secret@partner.example/", "user name and password"),
        ("https://public.example@10.0.0.1/", "user name and password"),
        ("https://partner.example/#top", "what follows the #"),
        ("https://partner.example/#@10.0.0.1", "what follows the #"),
        ("https://partner.example\\@10.0.0.1/", "neither spaces"),
        ("https://partner.example/a b", "neither spaces"),
        ("https://partner.example/\r\nHost: other", "neither spaces"),
        ("https://partner.example\t/", "neither spaces"),
        ("https://bücher.example/", "xn--"),
        ("https://１２７.0.0.1/", "xn--"),
        ("https://partner.example/ä", "neither spaces"),
        ("https://part%6eer.example/", "not the name of a server"),
        ("https://-partner.example/", "not the name of a server"),
        ("https://partner..example$/", "not the name of a server"),
        ("", "neither spaces"),
        ("https://partner.example/" + "a" * 500, "too long"),
    ],
)
def test_an_address_that_is_never_called_is_refused_in_words(strict: None, url: str, words: str) -> None:
    with pytest.raises(TargetRefused) as refused:
        parsed(url)
    # Whatever language a page was read in before.
    with translation.override("en"):
        assert words in str(refused.value.words)


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://partner.example", "partner.example", 443, "/"),
        ("https://Partner.Example./hooks?a=b@c", "partner.example", 443, "/hooks?a=b@c"),
        ("https://partner.example:443?x", ["partner.example", "443"][0], 443, "/?x"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443, "/"),
        ("https://1.1.1.1/", "1.1.1.1", 443, "/"),
        ("https://[2606:4700::1111]/", "2606:4700::1111", 443, "/"),
    ],
)
def test_an_address_that_may_be_called_is_taken_apart(strict: None, url: str, host: str, port: int, path: str) -> None:
    target = parsed(url)
    assert (target.is_secure, target.host, target.port, target.path) == (True, host, port, path)
    assert target.host_header == (f"[{host}]" if ":" in host else host)


def test_outside_production_this_machine_may_be_called_where_the_operator_says_so_and_nobody_else(
    settings: Settings,
) -> None:
    for url in ("http://localhost:8000/", "http://127.0.0.1:8000/", "http://[::1]:8000/", "https://127.8.9.1/"):
        assert parsed(url)
    for url in ("http://partner.example/", "http://10.0.0.1:8000/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/"):
        with pytest.raises(TargetRefused):
            parsed(url)
    settings.WEBHOOK_ALLOW_LOOPBACK = False
    for url in ("http://localhost:8000/", "https://127.0.0.1/"):
        with pytest.raises(TargetRefused):
            parsed(url)


# -- what a name leads to --------------------------------------------------------------------------------


class Names:
    """A resolver that gives out these answers, one after the other."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int, **more: Any) -> list[tuple[Any, ...]]:
        self.asked.append((host, port))
        families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in self.answers[0]]
        return [
            (family, socket.SOCK_STREAM, 6, "", (address, port))
            for family, address in zip(families, self.answers.pop(0), strict=True)
        ]


@pytest.mark.parametrize(
    "answers",
    [["10.0.0.1"], ["127.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["2606:4700::1111", "::1"], ["::ffff:1.1.1.1"], []],
)
def test_a_name_one_of_whose_addresses_is_not_public_is_not_called_at_all(answers: list[str]) -> None:
    with pytest.raises(TargetRefused):
        resolved(parsed("https://partner.example/"), seconds=5, lookup=Names(answers))


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost.", "ip6-localhost"])
def test_other_ways_to_write_this_machine_lead_nowhere(strict: None, host: str) -> None:
    """Whatever the resolver of this machine makes of them."""
    with pytest.raises((TargetRefused, OSError)):
        resolved(parsed(f"https://{host}/"), seconds=5)


def test_in_words_that_name_this_machine_a_name_that_leads_elsewhere_is_refused() -> None:
    with pytest.raises(TargetRefused):
        resolved(parsed("http://localhost:8000/"), seconds=5, lookup=Names(["1.1.1.1"]))


def test_a_name_is_looked_up_once_and_the_address_that_was_checked_is_called(receiver: Receiver) -> None:
    # Nobody listens at 127.0.0.9: the call arrives only because it goes where the one look-up led.
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    post(f"http://127.0.0.9:{receiver.port}/", b"{}", {}, lookup=names)
    assert names.asked == [("127.0.0.9", receiver.port)]
    (call,) = receiver.calls
    assert call.headers["host"] == f"127.0.0.9:{receiver.port}"


def test_a_name_that_was_public_when_it_was_added_and_leads_here_now_is_not_called(receiver: Receiver) -> None:
    names = Names(["1.1.1.1"], ["127.0.0.1"])
    url = f"https://partner.example:{receiver.port}/"
    assert resolved(parsed(url), seconds=5, lookup=names)
    with pytest.raises(TargetRefused):
        post(url, b"{}", {}, lookup=names)
    assert receiver.calls == []


def test_the_next_address_is_tried_where_nobody_listens_at_the_first(receiver: Receiver) -> None:
    post(f"http://localhost:{receiver.port}/", b"{}", {}, lookup=Names(["::1", "127.0.0.1"]))
    assert len(receiver.calls) == 1
    receiver.close()
    with pytest.raises(ConnectionRefusedError):
        post(f"http://localhost:{receiver.port}/", b"{}", {}, lookup=Names(["127.0.0.1"]))


def test_a_resolver_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "CONNECT_SECONDS", 0.2)
    done = threading.Event()

    def lookup(*_: Any, **__: Any) -> list[tuple[Any, ...]]:
        done.wait(20)
        return []

    began = time.monotonic()
    with pytest.raises(TimeoutError):
        post("https://partner.example/", b"{}", {}, lookup=lookup)
    assert time.monotonic() - began < 10
    done.set()


def test_a_name_that_nobody_knows_is_an_error_of_the_network() -> None:
    with pytest.raises(OSError):
        resolved(parsed("https://nobody.invalid/"), seconds=5)


# -- one call --------------------------------------------------------------------------------------------


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def test_a_call_is_a_post_with_body_and_headers(receiver: Receiver) -> None:
    post(receiver.url, b'{"a": 1}', {"Content-Type": "application/json", "webhook-id": "1"})
    (call,) = receiver.calls
    assert (call.path, call.body) == ("/hooks?from=us", b'{"a": 1}')
    assert call.headers == {
        "host": f"127.0.0.1:{receiver.port}",
        "connection": "close",
        "content-length": "8",
        "content-type": "application/json",
        "webhook-id": "1",
    }


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_status_of_success_is_one(receiver: Receiver, status: int) -> None:
    receiver.status = status
    post(receiver.url, b"{}", {})


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (300, Redirected),
        (304, Redirected),
        (400, ClientErrorAnswered),
        (401, ClientErrorAnswered),
        (410, ClientErrorAnswered),
        (429, ClientErrorAnswered),
        (500, ServerErrorAnswered),
        (503, ServerErrorAnswered),
        (600, OddlyAnswered),
    ],
)
def test_any_other_status_is_a_failure_that_says_which_kind(
    receiver: Receiver, status: int, error: type[Exception]
) -> None:
    receiver.status = status
    with pytest.raises(error):
        post(receiver.url, b"{}", {})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_nowhere(receiver: Receiver, status: int) -> None:
    elsewhere = Receiver()
    receiver.status, receiver.headers = status, {"Location": elsewhere.url}
    with pytest.raises(Redirected):
        post(receiver.url, b"{}", {})
    assert elsewhere.calls == []
    assert len(receiver.calls) == 1
    elsewhere.close()


def test_no_proxy_of_the_environment_is_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Receiver()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv(name.lower(), f"http://127.0.0.1:{proxy.port}")
    post(receiver.url, b"{}", {})
    assert len(receiver.calls) == 1
    assert proxy.calls == []
    proxy.close()


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}/"


def saying(said: bytes) -> Callable[[socket.socket], None]:
    """Hear the call, say this, and close."""

    def speak(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(said)

    return speak


@pytest.mark.parametrize(
    "said", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 2x4 No\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 500]
)
def test_what_is_not_http_is_a_failure(said: bytes) -> None:
    with speaking(saying(said)) as port, pytest.raises((OddlyAnswered, ConnectionError)):
        post(_url(port), b"{}", {})


def test_an_interim_status_is_not_the_answer() -> None:
    with speaking(saying(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")) as port:
        post(_url(port), b"{}", {})


def test_an_answer_without_end_is_not_read() -> None:
    def speak(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    began = time.monotonic()
    with speaking(speak) as port:
        post(_url(port), b"{}", {})
    assert time.monotonic() - began < 10


def _drop_by_drop(connection: socket.socket) -> None:
    connection.recv(65536)
    for letter in b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 1000:
        connection.sendall(bytes([letter]))
        time.sleep(0.05)


def _not_at_all(connection: socket.socket) -> None:
    time.sleep(20)


@pytest.mark.parametrize("speak", [_drop_by_drop, _not_at_all])
def test_a_server_that_takes_its_time_is_given_up(
    monkeypatch: pytest.MonkeyPatch, speak: Callable[[socket.socket], None]
) -> None:
    assert (sender.CONNECT_SECONDS, sender.TOTAL_SECONDS) == (5, 10)
    monkeypatch.setattr(sender, "TOTAL_SECONDS", 0.5)
    began = time.monotonic()
    with speaking(speak) as port, pytest.raises(TimeoutError):
        post(_url(port), b"{}", {})
    assert time.monotonic() - began < 10


# -- encrypted --------------------------------------------------------------------------------------------


def _certificate(name: str, directory: Path) -> tuple[Path, Path]:
    """A certificate for this name that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = directory / f"{name}.pem", directory / f"{name}.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


def _encrypted(certificate: tuple[Path, Path], names: list[str | None]) -> Callable[[socket.socket], None]:
    """Answer by TLS, and note for which name the caller asks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    context.sni_callback = lambda _, name, __: names.append(name)

    def speak(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as encrypted:
            encrypted.recv(65536)
            encrypted.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    return speak


def test_the_certificate_is_checked_for_the_name_and_not_for_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = _certificate("localhost", tmp_path)
    names: list[str | None] = []
    with speaking(_encrypted(certificate, names)) as port:
        with pytest.raises(ssl.SSLCertVerificationError):
            post(f"https://localhost:{port}/", b"{}", {})
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        post(f"https://localhost:{port}/", b"{}", {}, lookup=Names(["127.0.0.1"]))
        assert names == ["localhost", "localhost"]
        with pytest.raises(ssl.SSLCertVerificationError):
            post(f"https://127.0.0.1:{port}/", b"{}", {})


def test_a_certificate_of_another_name_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = _certificate("other.example", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with speaking(_encrypted(certificate, [])) as port, pytest.raises(ssl.SSLCertVerificationError):
        post(f"https://localhost:{port}/", b"{}", {})


def test_a_server_that_does_not_speak_tls_is_a_failure(receiver: Receiver) -> None:
    with pytest.raises(OSError):
        post(f"https://localhost:{receiver.port}/", b"{}", {})
    assert receiver.calls == []
