"""Takes from the reader process what it does not need: memory, time, network, files, programs.

Each wall is asked of the kernel and may be refused; what stands is returned by name, so that the
report of an upload and docs/operations.md can say it.
"""

import ctypes
import os
import platform
import resource
import struct
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 4, 22, 38
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
READ = 1 << 2 | 1 << 3  # read file, read folder
WRITE = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 12 | 1 << 14  # files, folders, links
EXECUTE_AND_REST = 1 << 0 | 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 13
EPERM = 1
FORBIDDEN_CALLS = {
    # socket, connect, bind, execve, ptrace, mount, execveat, io_uring_setup
    "x86_64": (0xC000003E, (41, 42, 49, 59, 101, 165, 322, 425)),
    "aarch64": (0xC00000B7, (198, 203, 200, 221, 117, 40, 281, 425)),
}


def leave_network() -> list[str]:
    """Leave all networks, and return the name of that wall if it stands.

    Call it first: the kernel lets a process go that has one thread, and libraries start more.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    is_out = libc.unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC) == 0
    return ["network namespace"] if is_out else []


def enclose(
    *, memory_bytes: int, cpu_seconds: int, file_bytes: int, folder: Path, readable: Iterable[Path]
) -> list[str]:
    """Raise the other walls around this process and return the names of those that stand."""
    libc = ctypes.CDLL(None, use_errno=True)
    resource.setrlimit(resource.RLIMIT_AS, (4 * memory_bytes, 4 * memory_bytes))
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    walls = ["limits"]
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        if _landlock(libc, folder, readable):
            walls.append("landlock")
        if _seccomp(libc):
            walls.append("seccomp")
    return walls


def _landlock(libc: ctypes.CDLL, folder: Path, readable: Iterable[Path]) -> bool:
    """Leave the process its own folder, the file it reads, and the programs it is made of."""
    version = libc.syscall(LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return False
    handled = READ | WRITE | EXECUTE_AND_REST
    if version < 3:
        handled &= ~(1 << 14)  # truncation is known from version 3 on
    if version < 2:
        handled &= ~(1 << 13)
    attributes = struct.pack("QQ", handled, 3) if version >= 4 else struct.pack("Q", handled)
    rules = libc.syscall(LANDLOCK_CREATE, attributes, len(attributes), 0)
    if rules < 0:
        return False
    programs = {
        Path(path)
        for path in (*sysconfig.get_paths().values(), sys.prefix, sys.base_prefix, "/usr", "/lib",
                     "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types",
                     "/dev/urandom", "/dev/null",
                     "/proc/self", "/sys/devices/system/cpu", Path(__file__).parents[2])
    }  # fmt: skip
    try:
        for path in {*programs, *readable}:
            _allow(libc, rules, path, (READ | 1) & handled)
        _allow(libc, rules, folder, (READ | WRITE) & handled)
        return bool(libc.syscall(LANDLOCK_RESTRICT, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no right
    try:
        if not path.is_dir():
            rights &= 1 | 1 << 1 | 1 << 2 | 1 << 14
        libc.syscall(LANDLOCK_ADD, rules, 1, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)


def _seccomp(libc: ctypes.CDLL) -> bool:
    """Answer EPERM to every call that opens a connection or starts a program."""
    if platform.machine() not in FORBIDDEN_CALLS:
        return False
    architecture, calls = FORBIDDEN_CALLS[platform.machine()]
    load, equal, give = 0x20, 0x15, 0x06
    allow, refuse = 0x7FFF0000, 0x00050000 | EPERM
    program = [
        (load, 0, 0, 4),
        (equal, 1, 0, architecture),
        (give, 0, 0, refuse),
        (load, 0, 0, 0),
    ]
    for place, call in enumerate(calls):
        program.append((equal, len(calls) - place, 0, call))
    program += [(give, 0, 0, allow), (give, 0, 0, refuse)]
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    return bool(libc.prctl(PR_SET_SECCOMP, 2, header, 0, 0) == 0)
