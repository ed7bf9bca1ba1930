"""PostgreSQL refuses to run as root: there it runs as a system user that can reach its own files, and no more."""

import os
import pwd
import shutil
import stat
import struct
import subprocess
import sys
from pathlib import Path

from privacy_app.embedded.errors import CannotStart

NAME = "pgserver"

_ACL = "system.posix_acl_access"
_ACL_VERSION = 2
_USER_OBJ, _USER, _GROUP_OBJ, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
_SEARCH = 1
_NO_ID = 0xFFFFFFFF


def needed(cluster: Path) -> pwd.struct_passwd | None:
    """Where this process is root: who owns the cluster, or, before there is one, the system user. Else None."""
    if os.geteuid() != 0:
        return None
    if cluster.exists():
        return pwd.getpwuid(cluster.stat().st_uid)
    return _known() or _create()


def _known() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _create() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
    if shutil.which(command[0]) is None:
        raise CannotStart("PostgreSQL cannot run as root and there is no useradd here: start this as an ordinary user.")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    user = _known()
    if user is None:
        raise CannotStart(f"PostgreSQL cannot run as root and useradd failed: {done.stderr.strip()}")
    return user


def let_read(program_files: Path, user: pwd.struct_passwd) -> None:
    """Let the user run what is installed here, also where a strict umask kept it to its owner."""
    let_through(program_files, user)
    everyone = stat.S_IROTH | stat.S_IXOTH
    if (program_files / "bin" / "postgres").stat().st_mode & everyone == everyone:
        return
    for path in (program_files, *program_files.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def let_through(path: Path, user: pwd.struct_passwd) -> None:
    """Let the user pass (not list) the directories above `path`."""
    for parent in path.resolve().parents:
        status = parent.stat()
        if not status.st_mode & stat.S_IXOTH and status.st_uid != user.pw_uid:
            _open(parent, user)


def _open(directory: Path, user: pwd.struct_passwd) -> None:
    """By an access entry for this user alone; on a file system without such entries, for everyone, and saying so."""
    try:
        _grant_search(directory, user.pw_uid)
        return
    except OSError:
        pass
    try:
        directory.chmod(directory.stat().st_mode | stat.S_IXOTH)
    except OSError:
        raise CannotStart(
            f"PostgreSQL runs as {user.pw_name} here, who cannot pass {directory}: chmod o+x it."
        ) from None
    print(f"{directory} can now be passed (not listed) by every user: PostgreSQL runs as one.", file=sys.stderr)


def _grant_search(directory: Path, uid: int) -> None:
    entries = _access_entries(directory)
    # The mask follows a chmod of the group's bits and can take away what the entry gives.
    if entries.get((_USER, uid), 0) & entries.get((_MASK, _NO_ID), 0) & _SEARCH:
        return
    entries[_USER, uid] = entries.get((_USER, uid), 0) | _SEARCH
    entries[_MASK, _NO_ID] = entries.get((_MASK, _NO_ID), entries[_GROUP_OBJ, _NO_ID]) | _SEARCH
    packed = b"".join(struct.pack("<HHI", tag, mode, id_) for (tag, id_), mode in sorted(entries.items()))
    os.setxattr(directory, _ACL, struct.pack("<I", _ACL_VERSION) + packed)


def _access_entries(directory: Path) -> dict[tuple[int, int], int]:
    """The access list of a directory, by tag and id; from its mode where it has no list yet."""
    if _ACL in os.listxattr(directory):
        raw = os.getxattr(directory, _ACL)[4:]
        return {(tag, id_): mode for tag, mode, id_ in struct.iter_unpack("<HHI", raw)}
    mode = directory.stat().st_mode
    return {(_USER_OBJ, _NO_ID): mode >> 6 & 7, (_GROUP_OBJ, _NO_ID): mode >> 3 & 7, (_OTHER, _NO_ID): mode & 7}
