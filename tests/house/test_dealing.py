"""Tests that share a running start are dealt out to one process: see tests/dealing.py."""

from tests.dealing import ALONE, REPOSITORY, TOGETHER, unit_of

MARK = "mark." + "xdist_group"  # in two parts: this file names no group


def test_files_that_name_the_same_group_are_dealt_out_together_and_others_a_file_at_a_time() -> None:
    assert unit_of("tests/programs/test_up.py::TestAStart::test_a") == unit_of("tests/journeys/test_set_up.py::test_b[390]") == "group programs"
    assert unit_of("tests/web/test_headers.py::test_a") == "tests/web/test_headers.py"


def test_every_group_that_is_named_is_read() -> None:
    named = [path for path in (REPOSITORY / "tests").rglob("test_*.py") if MARK in path.read_text(encoding="utf-8")]
    assert named
    apart = [str(path) for path in named if not unit_of(f"{path.relative_to(REPOSITORY)}::test_a").startswith("group ")]
    assert apart == []


def test_what_begins_first_and_what_stays_together_is_there() -> None:
    assert [place for place in (*ALONE, *TOGETHER) if not (REPOSITORY / place).exists()] == []
