from __future__ import annotations

import logging
from pathlib import Path

import pytest

from security_center.project import logbook
from security_center.project.logbook import Logbook, without_addresses


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("refused 203.0.113.9", "refused [address]"),
        ("from 203.0.113.9:51234 closed", "from [address]:51234 closed"),
        ("from [2001:db8::7]:51234", "from [[address]]:51234"),
        ("fe80::1 asked", "[address] asked"),
        ("mapped ::ffff:203.0.113.9", "mapped [address]"),
    ],
)
def test_an_address_of_a_visitor_is_struck_out(printed: str, kept: str) -> None:
    assert without_addresses(printed) == kept


@pytest.mark.parametrize(
    "line",
    [
        "10:55:18 started",
        "listening on 127.0.0.1:8000 and 0.0.0.0",
        "Django 6.1.0.1x",
        "sha:ab:cd",
        "report 7F3K2M",
    ],
)
def test_what_is_no_address_of_a_visitor_stays(line: str) -> None:
    assert without_addresses(line) == line


def test_lines_are_kept_whole_even_when_they_arrive_in_pieces(tmp_path: Path) -> None:
    book = Logbook(tmp_path / "logs", "public")
    assert book.take(b"one\ntw") == ["one"]
    assert book.take(b"o\nthree") == ["two"]
    book.close()
    assert (tmp_path / "logs" / "public.log").read_text() == "one\ntwo\nthree\n"


def test_a_log_never_grows_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logbook, "LARGEST_BYTES", 1_000)
    book = Logbook(tmp_path, "worker")
    for _ in range(500):
        book.take(b"x" * 99 + b"\n")
    book.close()
    files = list(tmp_path.glob("worker.log*"))
    assert len(files) == logbook.KEPT_FILES + 1
    assert all(file.stat().st_size <= 1_000 for file in files)


def test_a_full_disk_stops_no_program_and_is_told_in_one_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", True)
    (tmp_path / "worker.log").symlink_to("/dev/full")
    book = Logbook(tmp_path, "worker")
    for _line in range(5):
        assert book.take(b"worker loop clock goes on after OperationalError\n") == [
            "worker loop clock goes on after OperationalError"
        ]
    book.close()
    assert capfd.readouterr().err == "ssc: lines of worker.log cannot be stored, and are only shown here\n"
