"""Bringing what waits in the spool into the database; also what processes left that were killed."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from privacy_app.crypto import Unreadable
from users.access import visits
from users.access.spool import paths_in, waiting
from users.access.storing import store

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Drained:
    """What came of it: files, records that are new, and files that end in the middle of a frame or hold one that is damaged."""

    files: int = 0
    records: int = 0
    torn: int = 0
    unreadable: int = 0


def drain(directory: Path, *, at: datetime) -> Drained:
    """Store what every file holds that nobody writes any more, then remove it.

    Killed in between, the next one finds the file again, and the database the records that it has already. Several may
    drain at once. Database errors go through: the files stay.
    """
    drained = Drained()
    for path in paths_in(directory):
        with waiting(path) as file:
            if file is None:
                continue
            try:
                found = [visits.decode(content) for content in file.visits()]
            except Unreadable:
                # Its key-encryption key is missing from DATA_KEYS.
                log.error("access.spool_unreadable", file=path.stem)
                file.set_aside()
                drained.unreadable += 1
                continue
            try:
                drained.records += store(found, at=at)
            except Unreadable:
                log.error("access.day_unreadable", file=path.stem)
                continue
            if file.torn:
                # Somebody was killed, or the disk was full, in the middle of a write: that request was never answered.
                log.warning("access.spool_torn", file=path.stem)
                drained.torn += 1
            file.done()
            drained.files += 1
    return drained
