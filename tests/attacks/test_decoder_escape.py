"""A decoder that was taken over, in the very child that decodes: what it tries, one by one, and the list of
calls that the kernel lets it make."""

from __future__ import annotations

import errno
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.cleaning.test_cleaning_child import shut_in_child

from security_center.foundation.cleaning import KINDS, clean_stream, confinement

pytestmark = pytest.mark.skipif(
    platform.machine() != "x86_64" or sys.platform != "linux",
    reason="the numbers of these calls are Linux's on x86-64",
)

SOURCE = Path(confinement.__file__).parents[3]

# Each is called as a stranger's code would: by its number, past every wrapper. The arguments are such that an
# unconfined process is answered otherwise (or it would be no attempt); {me} and {parent} are processes,
# {path} is a file that this user may read.
ATTEMPTS = {
    "open the key file": "2, path, 0, 0",
    "openat": "257, -100, path, 0, 0",
    "openat2": "437, -100, path, open_how, 24",
    "creat": "85, new, 0o600",
    "open_by_handle_at": "304, -100, path, 0",
    "read /proc/<parent>/environ": "2, environ, 0, 0",
    "write /proc/<parent>/mem": "257, -100, mem, 2, 0",
    "process_vm_readv": "310, parent, vector, 1, vector, 1, 0",
    "process_vm_writev": "311, parent, vector, 1, vector, 1, 0",
    "ptrace: attach": "101, 16, parent, 0, 0",
    "ptrace: seize": "101, 0x4206, parent, 0, 0",
    "pidfd_open": "434, parent, 0",
    "pidfd_getfd": "438, 0, 0, 0",
    "kill": "62, parent, 0",
    "tkill": "200, parent, 0",
    "tgkill": "234, parent, parent, 0",
    "rt_sigqueueinfo": "129, parent, 0, path",
    "socket: inet": "41, 2, 1, 0",
    "socket: inet6": "41, 10, 2, 0",
    "socket: unix": "41, 1, 1, 0",
    "socket: netlink": "41, 16, 3, 0",
    "socketpair": "53, 1, 1, 0, vector",
    "connect": "42, 0, path, 16",
    "sendmsg": "46, 1, vector, 0",
    "fork": "57",
    "vfork": "58",
    "clone": "56, 17, 0, 0, 0, 0",
    "clone3": "435, vector, 64",
    "execve": "59, path, 0, 0",
    "execveat": "322, -100, path, 0, 0, 0",
    "memfd_create": "319, path, 0",
    "memfd_secret": "447, 0",
    "shared memory": "29, 0, 4096, 0o1600",
    "message queue": "68, 0, 0o1600",
    "semaphores": "64, 0, 1, 0o1600",
    "posix message queue": "240, path, 0o100, 0o600, 0",
    "keyctl": "250, 0, -3, 0",
    "add_key": "248, path, path, path, 4, -3",
    "request_key": "249, path, path, 0, 0",
    "io_uring_setup": "425, 4, vector",
    "userfaultfd": "323, 0",
    "bpf": "321, 0, vector, 48",
    "perf_event_open": "298, vector, 0, -1, -1, 0",
    "mount": "165, path, path, path, 0, 0",
    "open_tree": "428, -100, path, 0",
    "fsopen": "430, path, 0",
    "unshare": "272, 0x10000000",
    "setns": "308, 0, 0",
    "chroot": "161, path",
    "pivot_root": "155, path, path",
    "setrlimit: more files": "160, 7, more",
    "prlimit64: more files": "302, 0, 7, more, 0",
    "prctl: dumpable again": "157, 4, 1, 0, 0, 0",
    "seccomp: a filter of its own": "317, 1, 0, vector",
    "personality": "135, 0x0040000",
    "setuid": "105, 0",
    "capset": "126, vector, vector",
    "dup": "32, 0",
    "fcntl: duplicate": "72, 0, 0, 0",
    "ioctl: type into the terminal": "16, 0, 0x5412, path",
    "stat": "4, path, vector",
    "statx": "332, -100, path, 0, 0xfff, vector",
    "readlink": "89, path, vector, 16",
    "getdents64": "217, 0, vector, 64",
    "unlink": "87, new",
    "rename": "82, new, new",
    "mkdir": "83, new, 0o700",
    "chmod": "90, new, 0o777",
    "truncate": "76, new, 0",
    "inotify_init": "253",
    "fanotify_init": "300, 0, 0",
    "name_to_handle_at": "303, -100, path, vector, vector, 0",
    "landlock_create_ruleset": "444, 0, 0, 1",
    "init_module": "175, vector, 16, path",
    "kexec_load": "246, 0, 0, 0, 0",
    "reboot": "169, 0xfee1dead, 672274793, 0, 0",
    "iopl": "172, 3",
    "clock_settime": "227, 0, vector",
    "settimeofday": "164, vector, 0",
    "timer_create": "222, 0, 0, vector",
    "process_madvise": "440, 0, vector, 1, 4, 0",
    "kcmp": "312, parent, parent, 0, 0, 0",
    "the x32 table's open": "0x40000002, path, 0, 0",
    "the x32 table's ptrace": "0x40000209, 16, parent, 0, 0",
}

# What is left. Names beside the numbers of x86-64: the filter itself holds numbers only.
ALLOWED = {
    "read": 0, "write": 1, "close": 3, "fstat": 5, "poll": 7, "lseek": 8, "mmap": 9, "mprotect": 10,
    "munmap": 11, "brk": 12, "rt_sigaction": 13,
    "rt_sigprocmask": 14, "rt_sigreturn": 15, "pread64": 17, "readv": 19, "writev": 20, "sched_yield": 24,
    "mremap": 25, "madvise": 28,
    "nanosleep": 35, "getpid": 39, "exit": 60, "gettimeofday": 96, "getrusage": 98, "times": 100,
    "sigaltstack": 131, "gettid": 186, "futex": 202,
    "sched_getaffinity": 204, "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230,
    "exit_group": 231, "set_robust_list": 273,
    "getrandom": 318, "rseq": 334,
}  # fmt: skip
# uretprobe and uprobe: newer kernels answer them before any filter, and kill whoever was not led there by the
# kernel's own probe.
PROBES = (335, 336)

HOSTILE = """
import ctypes, json, os, struct, sys
from security_center.foundation.cleaning import confinement
from security_center.foundation.cleaning.limits import Limits

attempts, threads, keys = json.loads(sys.argv[1]), sys.argv[2] == "threads", sys.argv[3]
call = ctypes.CDLL(None, use_errno=True).syscall
call.restype = ctypes.c_long
parent = os.getppid()
if "every" in attempts:
    attempts = {
        str(number): str(number) for number in range(attempts["every"]) if number not in attempts["but"]
    }
path, new = ctypes.c_char_p(keys.encode()), ctypes.c_char_p((keys + ".new").encode())
environ, mem = (ctypes.c_char_p(f"/proc/{parent}/{name}".encode()) for name in ("environ", "mem"))
room = ctypes.create_string_buffer(4096)
vector = ctypes.create_string_buffer(struct.pack("PN", ctypes.addressof(room), 16), 256)
more = ctypes.create_string_buffer(struct.pack("QQ", 3, 64))
open_how = ctypes.create_string_buffer(24)
holds = set()
if sys.argv[2] != "free":
    confinement.limit_cost(Limits())
    holds = confinement.shut_in(threads=threads)
found = {}
for name, words in attempts.items():
    ctypes.set_errno(0)
    answer = call(*eval("[" + words + "]"))
    found[name] = ctypes.get_errno() if answer == -1 else f"done: {answer}"
print(json.dumps({"holds": sorted(holds), "found": found}))
"""


def attempted(key_file: Path, attempts: dict[str, Any], how: str) -> dict[str, Any]:
    """What each attempt was answered: an error's number, or "done". `how`: "shut in", "threads" (as the
    iPhone decoder is), or "free"."""
    words = [sys.executable, "-E", "-B", "-c", HOSTILE, json.dumps(attempts), how, str(key_file)]
    done = subprocess.run(words, cwd=SOURCE, env={}, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{done.returncode}: {done.stderr[-500:]}"
    said: dict[str, Any] = json.loads(done.stdout)
    assert ("syscalls" in said["holds"]) == (how != "free")
    found: dict[str, Any] = said["found"]
    return found


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "vault.key"
    path.write_text("MARKER")
    return path


@pytest.mark.parametrize("how", ["shut in", "threads"])
def test_nothing_that_a_taken_over_decoder_tries_is_done(key_file: Path, how: str) -> None:
    expected = dict.fromkeys(ATTEMPTS, errno.EPERM)
    if how == "threads":
        expected["clone3"] = errno.ENOSYS  # "not there": the C library then asks for a thread by clone
    assert attempted(key_file, ATTEMPTS, how) == expected
    assert (key_file.read_text(), list(key_file.parent.iterdir())) == ("MARKER", [key_file])


def test_a_process_that_is_not_shut_in_does_what_they_try(key_file: Path) -> None:
    """Else the refusals above would prove nothing."""
    tried = (
        "open the key file",
        "openat",
        "read /proc/<parent>/environ",
        "kill",
        "socket: inet",
        "socket: unix",
        "memfd_create",
        "dup",
        "stat",
    )
    found = attempted(key_file, {name: ATTEMPTS[name] for name in tried}, "free")
    assert [name for name, answer in found.items() if not str(answer).startswith("done")] == []


def test_the_filter_in_force_lets_through_the_calls_of_this_list_and_no_other(key_file: Path) -> None:
    """Every number up to 600 that is not on the list is asked for (the newest kernels have about 470), and
    the list is the filter's own."""
    assert set(confinement._CALLS["x86_64"][1]) == set(ALLOWED.values())
    found = attempted(key_file, {"every": 600, "but": [*ALLOWED.values(), *PROBES]}, "shut in")
    assert len(found) == 600 - len(ALLOWED) - len(PROBES)
    assert {number: answer for number, answer in found.items() if answer != errno.EPERM} == {}


def test_a_thread_that_a_library_began_before_is_shut_in_too() -> None:
    said = shut_in_child(
        "later.set() or helper.join(); print(answers[0])",
        before="""
answers, later = [], threading.Event()
def beside():
    later.wait()
    try:
        os.kill(os.getppid(), 0)
        answers.append("it reaches its parent")
    except OSError as error:
        answers.append(f"{type(error).__name__} {error.errno}")
helper = threading.Thread(target=beside)
helper.start()
""",
    )
    assert said.splitlines()[0] == "PermissionError 1"


def test_the_kernel_says_so_of_the_child_that_decodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the real one, while it waits for the rest of its file: filtered, no way to more rights, one thread,
    three open files, nothing of ours."""
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def watch(*arguments: Any, **options: Any) -> Any:
        started.append(real(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", watch)
    inherited = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(inherited, True)
    seen: dict[str, Any] = {}

    def file() -> Iterator[bytes]:
        yield b"GIF89a"
        status = Path(f"/proc/{started[0].pid}/status")
        until = time.monotonic() + 20
        while "Seccomp:\t2" not in status.read_text(encoding="ascii") and time.monotonic() < until:
            time.sleep(0.02)
        seen.update(re.findall(r"^(\w+):\s+(.*)$", status.read_text(encoding="ascii"), re.MULTILINE))
        with suppress(PermissionError):  # not even its parent looks in, unless it is root
            seen["files"] = sorted(path.name for path in Path(f"/proc/{started[0].pid}/fd").iterdir())

    list(clean_stream(file(), KINDS["gif"]))
    os.close(inherited)
    assert (seen["Seccomp"], seen["NoNewPrivs"], seen["Threads"]) == ("2", "1", "1")
    assert seen.get("files", ["0", "1", "2"]) == ["0", "1", "2"]
