"""The embedded PostgreSQL as the rest sees it: addresses, for as long as this process lives.

Whoever uses the server shares a lock; the last to leave stops it. The kernel drops the share of a process that was
killed, so a server left behind is found by the next start and stopped by whoever then leaves last.
"""

import atexit
import os
from pathlib import Path
from urllib.parse import quote

from privacy_app.embedded import roles
from privacy_app.embedded.cluster import SUPERUSER, Cluster
from privacy_app.embedded.filelocks import FileLock, exclusive
from privacy_app.embedded.keystore import CLUSTER, all_secrets
from privacy_app.embedded.postmaster import PORT

_in_use: dict[Path, "Use"] = {}


class Use:
    """This process's share in the server of one data directory."""

    def __init__(self, data_dir: Path, *, durable: bool) -> None:
        self.secrets = all_secrets(data_dir)
        self.cluster = Cluster(data_dir / CLUSTER, durable=durable)
        self.change = data_dir / "postgres.lock"
        self.share = FileLock(data_dir / "postgres.users")
        self.process = os.getpid()
        self.urls: dict[str, str] = {}

    def begin(self) -> None:
        """Start or find the server, with its database and roles."""
        with exclusive(self.change):
            self.share.share()
            self.cluster.make(password=self.secrets["POSTGRES_PASSWORD"])
            host = str(self.cluster.start().socket_dir)
            roles.ensure(
                _url(SUPERUSER, self.secrets["POSTGRES_PASSWORD"], host, database="postgres"),
                owner_password=self.secrets["OWNER_PASSWORD"],
                app_password=self.secrets["APP_PASSWORD"],
            )
        self.urls = {
            "DATABASE_URL": _url(roles.APP, self.secrets["APP_PASSWORD"], host),
            "DATABASE_OWNER_URL": _url(roles.OWNER, self.secrets["OWNER_PASSWORD"], host),
        }

    def end(self) -> None:
        """Let go; the last one stops the server. A forked child leaves that to its parent, whose share it has."""
        if os.getpid() != self.process:
            return
        with exclusive(self.change):
            if self.share.try_exclude():
                self.cluster.stop()
            self.share.close()


def database_urls(data_dir: Path, *, durable: bool = True) -> dict[str, str]:
    """Addresses of the embedded database for the app's role and for the owner's, usable until this process ends."""
    if data_dir not in _in_use:
        use = Use(data_dir, durable=durable)
        try:
            use.begin()
        except BaseException:
            use.end()
            raise
        _in_use[data_dir] = use
        atexit.register(release, data_dir)
    return _in_use[data_dir].urls


def release(data_dir: Path) -> None:
    """Stop using the server before this process ends."""
    if use := _in_use.pop(data_dir, None):
        use.end()


def _url(role: str, password: str, host: str, *, database: str = roles.DATABASE) -> str:
    return f"postgresql://{role}:{quote(password)}@:{PORT}/{database}?host={quote(host)}"
