"""The walls around the decoder and the parent's distrust."""

import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from security_center.foundation.cleaning import (
    KINDS,
    AlreadyRead,
    CleanResult,
    Code,
    Limits,
    NotFinished,
    Outcome,
    clean_stream,
    stream,
)

type Clean = Callable[..., tuple[bytes, CleanResult]]

SOURCE = Path(stream.__file__).parents[3]


def shut_in_child(attempt: str, *, threads: bool = False, before: str = "") -> str:
    """What a process that has shut itself in reports about one attempt. `before`: what it did while it was
    free."""
    program = f"""
import ctypes, os, signal, socket, subprocess, sys, threading
from security_center.foundation.cleaning import confinement
from security_center.foundation.cleaning.limits import Limits
{before}
confinement.limit_cost(Limits(memory_bytes=400 * 1024 * 1024))
holds = confinement.shut_in(threads={threads})
try:
    {attempt}
except MemoryError:
    print("MemoryError")
except (OSError, RuntimeError) as error:
    print(type(error).__name__, getattr(error, "errno", ""))
else:
    print("done")
"""
    done = subprocess.run(
        [sys.executable, "-E", "-B", "-c", program],
        cwd=SOURCE,
        env={},
        capture_output=True,
        text=True,
        timeout=30,
    )
    return done.stdout.strip() or f"died {done.returncode}"


@pytest.mark.skipif(sys.platform != "linux", reason="the system-call filter is Linux's")
@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/hostname')",
        "os.open('/tmp/x', os.O_CREAT | os.O_WRONLY)",
        "os.listdir('/')",
        "os.stat('/etc/passwd')",
        "socket.socket()",
        "socket.socket(socket.AF_UNIX)",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.kill(os.getppid(), 0)",
        "os.unlink('/tmp/nothing')",
        "os.memfd_create('x')",
        "threading.Thread(target=int).start()",
        "(os.close(0), socket.socket())",
    ],
)
def test_a_decoder_that_is_taken_over_can_open_connect_start_and_signal_nothing(attempt: str) -> None:
    said = shut_in_child(attempt)
    assert said in {"PermissionError 1", "RuntimeError", "OSError 24"}


@pytest.mark.skipif(sys.platform != "linux", reason="the system-call filter is Linux's")
def test_the_iphone_decoder_may_start_a_thread_and_still_no_process() -> None:
    assert shut_in_child("threading.Thread(target=int).start()", threads=True) == "done"
    assert shut_in_child("os.fork()", threads=True) == "PermissionError 1"


def test_memory_has_an_end() -> None:
    assert shut_in_child("bytearray(500 * 1024 * 1024)") == "MemoryError"


def test_the_child_is_told_nothing_of_its_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSC_SECRET_FOR_TEST", "MARKER")
    seen: dict[str, object] = {}
    real = subprocess.Popen

    def watch(*arguments: object, **options: object) -> object:
        seen.update(options, arguments=arguments)
        return real(*arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", watch)
    cleaning = clean_stream([b"words"], KINDS["text"])
    assert b"".join(cleaning) == b"words"
    assert seen["env"] == {}
    assert "MARKER" not in repr(seen)


def test_the_result_says_which_walls_stand(clean: Clean) -> None:
    _, result = clean(b"words")
    assert result.confinement >= {"memory", "syscalls"}
    assert Code.NOT_CONFINED not in result.notes


def slow_png() -> bytes:
    """A picture within every limit of size that takes long to filter: all rows by Paeth, noise that does not
    repeat."""
    noise = Image.effect_noise((4000, 4000), 90)
    out = BytesIO()
    Image.merge("RGB", (noise, noise, noise)).save(out, "PNG", compress_level=1)
    return out.getvalue()


@pytest.mark.long
def test_a_file_that_costs_too_much_time_of_the_processor_is_given_up(clean: Clean) -> None:
    began = time.monotonic()
    copy, result = clean(slow_png(), limits=Limits(cpu_seconds=1))
    assert (copy, result.outcome, result.reason) == (b"", Outcome.CANNOT_CLEAN, Code.TOOK_TOO_LONG)
    assert time.monotonic() - began < 15


def test_a_child_that_hangs_is_ended_with_its_group(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_as_child(monkeypatch, tmp_path, "import time; time.sleep(600)")
    began, before = time.monotonic(), children()
    cleaning = clean_stream([b"words"], KINDS["text"], Limits(waiting_seconds=0.5))
    assert list(cleaning) == []
    assert cleaning.result.reason is Code.TOOK_TOO_LONG
    assert time.monotonic() - began < 5
    assert children() == before


def children() -> set[str]:
    """The processes that this one has started and not buried; other tests' servers and browsers may be among
    them."""
    return {
        pid
        for task in Path("/proc/self/task").iterdir()
        for pid in (task / "children").read_text(encoding="ascii").split()
    }


def use_as_child(monkeypatch: pytest.MonkeyPatch, folder: Path, program: str) -> None:
    """A child that has been taken over: it runs in place of ours and says what it likes."""
    script = folder / "taken_over"
    script.write_text(f"#!{sys.executable}\nimport json, struct, sys\nout = sys.stdout.buffer\n{program}\n")
    script.chmod(0o755)
    monkeypatch.setattr(stream.sys, "executable", str(script))


CLEANED = (
    '{"outcome": "cleaned", "reason": null, "media_type": "%s", "notes": [%s], "confinement": ["syscalls"]}'
)


def says(verdict: str, data: int = 5) -> str:
    spoken = f"out.write(struct.pack('>cI', b'D', {data}) + b'x' * {data})"
    return f"{spoken}; body = {verdict!r}.encode(); out.write(struct.pack('>cI', b'R', len(body)) + body)"


@pytest.mark.parametrize(
    "program",
    [
        says(CLEANED % ("text/html", "")),
        says(CLEANED % ("text/plain", '"<script>"')),
        says("[]"),
        says("not json"),
        says(
            '{"outcome": "cleaned", "reason": "damaged", "media_type": "text/plain", "notes": [], '
            '"confinement": []}'
        ),
        "body = b'"
        + CLEANED % ("text/plain", "")
        + "'; out.write(struct.pack('>cI', b'R', len(body)) + body)",
        "out.write(struct.pack('>cI', b'X', 3) + b'xxx')",
        "out.write(struct.pack('>cI', b'D', 4_000_000_000) + b'x' * 1_000_000)",
        "out.write(b'half')",
        "import os; os.abort()",
    ],
)
def test_what_a_taken_over_child_says_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str
) -> None:
    use_as_child(monkeypatch, tmp_path, program)
    cleaning = clean_stream([b"words"], KINDS["text"])
    assert len(b"".join(cleaning)) <= 5
    assert (cleaning.result.outcome, cleaning.result.reason) == (Outcome.CANNOT_CLEAN, Code.DECODER_STOPPED)


def test_a_child_that_never_ends_talking_is_stopped_at_the_limit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use_as_child(
        monkeypatch, tmp_path, "while True: out.write(struct.pack('>cI', b'D', 60000) + b'x' * 60000)"
    )
    cleaning = clean_stream([b"words"], KINDS["text"], Limits(output_bytes=1_000_000))
    assert sum(map(len, cleaning)) <= 1_000_000
    assert cleaning.result.reason is Code.OUTPUT_TOO_LARGE


def test_a_copy_without_the_filter_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_as_child(
        monkeypatch, tmp_path, says((CLEANED % ("text/plain", "")).replace('"syscalls"', '"memory"'))
    )
    cleaning = clean_stream([b"words"], KINDS["text"])
    list(cleaning)
    assert cleaning.result.notes == (Code.NOT_CONFINED,)


def test_too_much_input_is_not_even_read(clean: Clean) -> None:
    copy, result = clean(b"x" * 300_000, limits=Limits(input_bytes=200_000))
    assert (copy, result.reason) == (b"", Code.TOO_LARGE)


def test_a_kind_that_differs_from_the_name_is_told_with_the_result(clean: Clean) -> None:
    _, result = clean(b"just words", "photo.jpg", "image/jpeg")
    assert result.notes == (Code.TYPE_DIFFERS,)


def test_the_result_is_silent_before_the_end_and_a_stream_is_read_once() -> None:
    cleaning = clean_stream([b"words"], KINDS["text"])
    with pytest.raises(NotFinished):
        _ = cleaning.result
    assert list(cleaning) == [b"words"]
    with pytest.raises(AlreadyRead):
        list(cleaning)


def test_a_fault_of_the_source_passes_through_and_leaves_no_child() -> None:
    def broken() -> Iterator[bytes]:
        yield b"words"
        raise ConnectionError

    before = children()
    cleaning = clean_stream(broken(), KINDS["text"])
    with pytest.raises(ConnectionError):
        list(cleaning)
    with pytest.raises(NotFinished):
        _ = cleaning.result
    assert children() == before


def test_a_caller_that_goes_away_in_the_middle_leaves_no_child() -> None:
    before = children()
    pieces = iter(clean_stream([b"words " * 100_000], KINDS["text"]))
    assert next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert children() == before


def test_a_file_is_cleaned_from_an_open_descriptor() -> None:
    into, out = os.pipe()
    os.write(out, b"words")
    os.close(out)
    assert list(clean_stream(into, KINDS["text"])) == [b"words"]
    os.close(into)


@pytest.mark.long
def test_the_caller_keeps_its_memory_while_a_photo_of_25_megabytes_goes_through(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"  # in a test only; nothing in the package writes a file
    Image.frombytes("RGB", (4600, 3400), random.Random(1).randbytes(4600 * 3400 * 3)).save(
        photo, quality=97, subsampling=0
    )
    assert photo.stat().st_size > 25_000_000
    program = """
import resource, sys
from security_center.foundation.cleaning import KINDS, clean_stream
def grown(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
list(clean_stream([b"warm"], KINDS["text"]))
before = grown()
with open(sys.argv[1], "rb") as photo:
    cleaning = clean_stream(photo.fileno(), KINDS["jpeg"])
    size = sum(map(len, cleaning))
print(cleaning.result.outcome, size, grown() - before)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, photo],
        cwd=SOURCE,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    outcome, size, kibibytes = done.stdout.split()
    assert outcome == "cleaned"
    assert int(size) > 10_000_000
    assert int(kibibytes) < 5_000


def test_nothing_in_the_clear_is_written_anywhere(
    clean: Clean, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The child may write no file at all, and the parent opens none: shown by its limit and by the folder a
    temporary file would use."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    _, result = clean(b"MARKER " * 50_000)
    assert result.outcome is Outcome.CLEANED
    assert list(tmp_path.iterdir()) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE) == before
    assert (
        shut_in_child("os.write(os.open('/dev/shm/x', os.O_CREAT | os.O_WRONLY), b'x')")
        == "PermissionError 1"
    )


def test_a_broken_stream_inside_a_picture_never_reaches_the_caller_as_an_error(clean: Clean) -> None:
    """Bytes changed at random: whatever the decoder does, the caller gets a result."""
    chance = random.Random(7)
    out = BytesIO()
    Image.effect_noise((80, 80), 90).save(out, "PNG")
    for _ in range(12):
        data = bytearray(out.getvalue())
        for _ in range(10):
            data[chance.randrange(40, len(data))] = chance.randrange(256)
        _, result = clean(bytes(data), code="png")
        assert result.outcome in {Outcome.CLEANED, Outcome.CANNOT_CLEAN}
        assert (result.reason is None) == (result.outcome is Outcome.CLEANED)
