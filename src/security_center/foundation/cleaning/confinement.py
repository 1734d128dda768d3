"""What the child takes from itself before it looks at the first untrusted byte.

A decoder that is taken over runs as the same system user as the worker, so it could otherwise read the
vault's key file, attach to the worker's memory, or send the picture away. Limits bound what a file costs; the
system-call filter (Linux, x86-64 and arm64) leaves reading standard input, writing standard output and
memory, and nothing that opens, connects, starts or signals; the network namespace is a second wall where the
system permits one. What could not be put up is told to the parent."""

import ctypes
import os
import platform
import resource
import struct
import sys
from contextlib import suppress

from security_center.foundation.cleaning.limits import Limits

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER, _ALL_THREADS = 1, 1  # a library may have begun a thread while it was imported
_ALLOW, _KILL, _EPERM = 0x7FFF0000, 0x80000000, 0x00050000 | 1
_ENOSYS = 0x00050000 | 38
_LOAD, _EQUAL, _AT_LEAST, _HAS_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_FIRST_ARGUMENT = 16
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = (
    435  # its flags lie in memory, which a filter cannot read: "not there" makes the C library use clone
)
_CLONE_THREAD = 0x10000
_X32_BIT = 0x40000000  # a second numbering of the same calls on x86-64: refused as a whole

# read write close fstat poll (arm64: ppoll) lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask
# rt_sigreturn pread64 readv writev sched_yield mremap madvise nanosleep getpid exit gettimeofday getrusage
# times sigaltstack gettid futex sched_getaffinity clock_gettime clock_getres clock_nanosleep exit_group
# set_robust_list getrandom rseq
_CALLS = {
    "x86_64": (0xC000003E,
        (0, 1, 3, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 19, 20, 24, 25, 28, 35, 39, 60, 96, 98, 100, 131,
            186, 202, 204, 228,
                            229, 230, 231, 273, 318, 334)),
    "aarch64": (0xC00000B7,
        (63, 64, 57, 80, 73, 62, 222, 226, 215, 214, 134, 135, 139, 67, 65, 66, 124, 216, 233, 101, 172, 93,
            169, 165, 153, 132,
                             178, 98, 123, 113, 114, 115, 94, 99, 278, 293)),
}  # fmt: skip


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filters", ctypes.c_char_p))


def limit_cost(limits: Limits) -> set[str]:
    """Memory, processor time, no core dump, no file written. First of all, before any library is imported."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would write the picture to the disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    except (OSError, ValueError):  # macOS has the name and not the thing
        return set()
    return {"memory"}


def shut_in(*, threads: bool = False) -> set[str]:
    """No file, network, process or signal from here on; libraries must be imported already. Returns what
    holds.

    Args:
        threads: the iPhone picture decoder cannot work without a thread of its own; no other kind may start
        one.
    """
    holds: set[str] = set()
    if _leave_network():
        holds.add("network")
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # nothing beyond the three standard ones
    if not threads:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))  # has no effect for root; the filter below has
    if _filter_calls(threads):
        holds.add("syscalls")
    return holds


def _leave_network() -> bool:
    unshare = getattr(os, "unshare", None)
    if unshare is None:
        return False
    for flags in (os.CLONE_NEWUSER | os.CLONE_NEWNET, os.CLONE_NEWNET):
        try:
            unshare(flags)
        except OSError:
            continue
        return True
    return False


def _filter_calls(threads: bool) -> bool:
    known = _CALLS.get(platform.machine())
    if sys.platform != "linux" or known is None or sys.maxsize < 2**32:
        return False
    architecture, calls = known

    def step(code: int, value: int, when_true: int = 0, when_false: int = 0) -> bytes:
        return struct.pack("=HBBI", code, when_true, when_false, value)

    steps = [
        step(_LOAD, 4),
        step(_EQUAL, architecture, 1, 0),
        step(_RETURN, _KILL),
        step(_LOAD, 0),
        step(_AT_LEAST, _X32_BIT, 0, 1),
        step(_RETURN, _EPERM),
    ]
    for call in calls:
        steps += [step(_EQUAL, call, 0, 1), step(_RETURN, _ALLOW)]
    if threads:
        steps += [
            step(_EQUAL, _CLONE3, 0, 1),
            step(_RETURN, _ENOSYS),
            step(_EQUAL, _CLONE[platform.machine()], 0, 3),
        ]
        steps += [step(_LOAD, _FIRST_ARGUMENT), step(_HAS_BIT, _CLONE_THREAD, 0, 1), step(_RETURN, _ALLOW)]
    steps.append(step(_RETURN, _EPERM))
    libc = ctypes.CDLL(None, use_errno=True)
    program = _Program(len(steps), b"".join(steps))
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return bool(
        libc.syscall(_SECCOMP[platform.machine()], _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(program)) == 0
    )
