"""What is prepared for a large file: by this process, by a second one, and when that one dies."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from tests.running import until
from tests.students.people import Register

from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.organizations.models import Organization
from security_center.foundation.students import sealing
from security_center.foundation.students.models import Student
from security_center.foundation.students.preparing import Ahead, NewStudent, Work
from security_center.foundation.vault.actions import keys_of, save_sealed_keys
from security_center.foundation.vault.columns import unseal
from security_center.foundation.vault.queries import open_record

ROWS = [
    ("4711", {"name": "Ann Marker-Lee", "birth_date": "2012-05-30"}),
    ("4712", {"name": "Bo Marker-Lee", "custody_note": "Mother only"}),
]


@pytest.fixture
def district(register: Register) -> Organization:
    return register.valley.cast.district


def work(district: Organization) -> Work:
    return Work(district.pk, keys_of([desk_recipient(district)]), ROWS)


def texts(district: Organization, prepared: list[NewStudent]) -> list[dict[str, str]]:
    """Opened with the key of the district's desk."""
    found = []
    for one in prepared:
        save_sealed_keys(one.keys)
        opened, student = (
            open_record(one.record, desk_recipient(district)),
            Student(uuid=one.uuid, **one.sealed),
        )
        found.append({column: unseal(opened, student, column) for column in one.sealed})
    return found


def second_process(ahead: Ahead) -> None:
    ahead.apart()
    child = ahead._child
    assert child is not None
    until(lambda: ahead._is_up(child), "the second process waits for work")


def wanted() -> list[dict[str, str]]:
    return [{"identifier": identifier, **texts} for identifier, texts in ROWS]


@pytest.mark.parametrize("apart", [False, True])
def test_either_process_prepares_what_the_desk_opens_and_a_look_up_finds(
    district: Organization, apart: bool
) -> None:
    with Ahead() as ahead:
        if apart:
            second_process(ahead)
        for _piece in range(2):
            ahead.begin(work(district))
            prepared = ahead.finish()
            assert texts(district, prepared) == wanted()
            blind = sealing.blinder(district)
            assert [one.tokens for one in prepared] == [
                sealing.found_by(blind, row["name"], row.get("birth_date", "")) for _number, row in ROWS
            ]
            assert [one.content for one in prepared] == [
                sealing.content_of(blind, number, row) for number, row in ROWS
            ]
        assert (ahead._child is not None) == apart


def test_until_the_second_process_is_up_the_first_does_its_work(district: Organization) -> None:
    with Ahead() as ahead:
        ahead.apart()
        ahead.begin(work(district))
        assert not ahead._sent
        assert texts(district, ahead.finish()) == wanted()


def test_nothing_begun_is_nothing(district: Organization) -> None:
    with Ahead() as ahead:
        assert ahead.finish() == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_second_process_that_was_killed_loses_no_row(district: Organization, moment: str) -> None:
    def kill(ahead: Ahead) -> None:
        assert ahead._child is not None
        ahead._child.kill()
        ahead._child.wait()

    with Ahead() as ahead:
        second_process(ahead)
        if moment == "before":
            kill(ahead)
        ahead.begin(work(district))
        if moment == "after":
            kill(ahead)
        assert texts(district, ahead.finish()) == wanted()


def test_the_second_process_ends_when_the_first_is_killed() -> None:
    code = (
        "import django; django.setup()\nfrom security_center.foundation.students.preparing import "
        "Ahead\nimport time\n"
    )
    code += "ahead = Ahead(); ahead.apart(); print(ahead._child.pid, flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        second = int(first.stdout.readline())
        assert alive(second)
        first.send_signal(signal.SIGKILL)
    until(lambda: not alive(second), "the second process ends")


def alive(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as stat:  # noqa: PTH123
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
