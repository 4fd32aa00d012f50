"""File systems of a case's own: a small one, and a read-only one. They are gone with the last process of the case."""

import ctypes
import os

_NEW_MOUNTS, _NEW_USER = 0x0002_0000, 0x1000_0000
_READ_ONLY, _REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 1, 32, 4096, 0x4000, 0x4_0000


def private_mounts():
    """Give this process a view of its own on what is mounted; False where the system does not let it."""
    try:
        system = ctypes.CDLL(None, use_errno=True)
        user, group = os.getuid(), os.getgid()
        if system.unshare(_NEW_MOUNTS) != 0:
            if system.unshare(_NEW_MOUNTS | _NEW_USER) != 0:
                return False
            _map_user(user, group)
        return system.mount(b"none", b"/", None, _RECURSIVE | _PRIVATE, None) == 0
    except (OSError, AttributeError):
        return False


def mount_small(path, *, bytes_):
    """Mount an empty file system of so many bytes; whether that worked."""
    return _mount(b"tmpfs", path, b"tmpfs", 0, f"size={bytes_}".encode())


def resize(path, *, bytes_):
    """Give a small file system another size."""
    return _mount(b"tmpfs", path, b"tmpfs", _REMOUNT, f"size={bytes_}".encode())


def set_read_only(path, *, read_only):
    """Let nobody write below a folder, or let them again; whether that worked."""
    bound = os.path.ismount(path) or _mount(os.fsencode(path), path, None, _BIND, None)
    flags = _BIND | _REMOUNT | (_READ_ONLY if read_only else 0)
    return bound and _mount(b"none", path, None, flags, None)


def _mount(source, path, kind, flags, options):
    return ctypes.CDLL(None, use_errno=True).mount(source, os.fsencode(path), kind, flags, options) == 0


def _map_user(user, group):
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123
            file.write(text)
