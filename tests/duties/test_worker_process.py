"""The real worker as a process, killed across three deadlines: each missed step still happens, once, stamped
late."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests import prepared

pytestmark = pytest.mark.programs

SOURCE = Path(__file__).resolve().parents[2] / "src"
DUTIES = 30

# Raised forty minutes ago: three deadlines have passed while no worker ran, the fourth is tomorrow.
RAISE = f"""
import django; django.setup()
from datetime import timedelta
from security_center.foundation.clock import clock_at, now
from security_center.foundation.duties.actions import Rung, raise_duty
from security_center.foundation.organizations.models import Organization, Person, RoleAssignment
with clock_at(now() - timedelta(minutes=40)):
    district = Organization.objects.create(kind="district", name="D", slug="d", created_at=now())
    school = Organization.objects.create(kind="school", parent=district, name="S", slug="s", created_at=now())
    for name, role in (("a", "reader"), ("b", "district_on_call"), ("c", "superintendent")):
        person = Person.objects.create_user(email=name + "@example.org", name=name)
        RoleAssignment.objects.create(person=person, organization=district, role=role, starts_at=now())
    for number in range({DUTIES}):
        rungs = [(5, "reader"), (10, "district_on_call"), (15, "superintendent"), (1500, "superintendent")]
        ladder = [Rung(now() + timedelta(minutes=after), f"role:{{role}}") for after, role in rungs]
        raise_duty(kind="tests.any", thing=f"report:{{number}}", organization=school, ladder=ladder,
                   actor="reporter", due_at=ladder[0].at)
"""

VERIFY = """
import django

django.setup()
import json
from security_center.foundation.ledger.queries import verify

found = verify()
print(
    json.dumps(
        {"ok": found.ok, "signed": found.signed_heads, "problems": [p.sentence for p in found.problems]}
    )
)
"""


class Place:
    """A data folder and the programs that run on it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, [str(SOURCE), os.environ.get("PYTHONPATH", "")])),
            "DJANGO_SETTINGS_MODULE": os.environ.get(
                "DJANGO_SETTINGS_MODULE", "security_center.project.settings"
            ),
            "SSC_DATA": str(data),
            "SSC_PROGRAM": "manage",
            "PYTHONWARNINGS": "ignore",
        }
        self.environment.pop("SSC_SUPERVISOR_PROCESS", None)
        self.workers: list[subprocess.Popen[bytes]] = []

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start_worker(self) -> subprocess.Popen[bytes]:
        log = (self.data / "worker.log").open("ab")
        started = subprocess.Popen(
            [sys.executable, "-m", "security_center.project.worker"],
            env={**self.environment, "SSC_PROGRAM": "worker"},
            stdout=log,
            stderr=log,
        )
        self.workers.append(started)
        return started

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.data / "center.sqlite3", timeout=20)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def steps(self) -> int:
        return int(str(self.ask("SELECT count(*) FROM duties_dutystep")[0][0]))

    @staticmethod
    def can_be_ended(worker: subprocess.Popen[bytes]) -> bool:
        """Whether it has come so far that it catches SIGTERM: before, the signal would just kill it."""
        status = Path(f"/proc/{worker.pid}/status").read_text()
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
        return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)

    def until(self, true: Callable[[], bool], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, (self.data / "worker.log").read_text()
            time.sleep(0.02)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    found = Place(tmp_path)
    prepared.tables(tmp_path)
    assert found.ask("PRAGMA journal_mode = WAL") == [("wal",)]  # as the set-up makes it
    found.run(
        "-c",
        (
            "import django; django.setup()\nfrom security_center.foundation.vault.provider import "
            "create_key_file\ncreate_key_file()"
        ),
    )
    yield found
    for worker in found.workers:
        if worker.poll() is None:
            worker.kill()
        worker.wait()


def test_the_worker_listens_on_no_port(place: Place) -> None:
    worker = place.start_worker()
    place.until(lambda: bool(place.ask("SELECT 1 FROM duties_heartbeat")))
    of_worker = Path(f"/proc/{worker.pid}")
    own = {str(link.readlink()) for link in (of_worker / "fd").iterdir()}
    listed = [
        line.split()
        for table in ("tcp", "tcp6", "udp", "udp6")
        for line in (of_worker / "net" / table).read_text().splitlines()[1:]
    ]
    assert own
    assert not own & {f"socket:[{columns[9]}]" for columns in listed}


def test_a_worker_killed_across_three_deadlines_takes_each_missed_step_once_and_stamps_it_late(
    place: Place,
) -> None:
    worker = place.start_worker()
    place.until(lambda: bool(place.ask("SELECT 1 FROM duties_heartbeat")))
    worker.kill()
    worker.wait()
    place.run("-c", RAISE)
    assert place.steps() == 0
    # Killed again in the middle of catching up, three times.
    for _ in range(3):
        before = place.steps()
        worker = place.start_worker()
        place.until(lambda before=before: place.steps() > before)  # type: ignore[misc]
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    # Two at once for the rest.
    pair = [place.start_worker(), place.start_worker()]
    place.until(lambda: place.steps() >= 3 * DUTIES)
    place.until(lambda: bool(place.ask("SELECT 1 FROM ledger_signedhead")))
    time.sleep(2.5)
    place.until(lambda: all(place.can_be_ended(worker) for worker in pair))
    for worker in pair:
        worker.send_signal(signal.SIGTERM)
    assert [worker.wait(timeout=30) for worker in pair] == [0, 0]
    each = place.ask(
        "SELECT duty_id, number, late, due_at < done_at FROM duties_dutystep ORDER BY duty_id, number"
    )
    duties = [row[0] for row in place.ask("SELECT id FROM duties_duty ORDER BY id")]
    assert each == [(duty, number, 1, 1) for duty in duties for number in range(3)]
    assert place.ask("SELECT DISTINCT state, step FROM duties_duty") == [("open", 3)]
    messages = place.ask(
        "SELECT duty_id, count(*) FROM notifications_message GROUP BY duty_id ORDER BY duty_id"
    )
    assert messages == [(duty, 3) for duty in duties]
    entries = place.ask(
        "SELECT count(*), count(DISTINCT thing || detail) FROM ledger_entry WHERE verb = 'duty.step'"
    )
    assert entries == [(3 * DUTIES, 3 * DUTIES)]
    found = json.loads(place.run("-c", VERIFY))
    assert found["ok"], found
    assert found["signed"] >= 1


def test_without_the_key_file_the_worker_beats_and_rings_and_says_what_waits(place: Place) -> None:
    (place.data / "keys" / "vault.key").rename(place.data / "taken-away")
    place.run("-c", RAISE)
    worker = place.start_worker()
    place.until(lambda: place.steps() >= 3 * DUTIES)
    waiting = "SELECT last_error FROM duties_periodicrun WHERE name = 'ledger.sign_head'"
    place.until(lambda: place.ask(waiting) == [("VaultLocked",)])
    assert place.ask("SELECT 1 FROM duties_heartbeat")
    assert worker.poll() is None
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0


def test_one_byte_changed_in_the_database_file_is_found_by_the_command_and_the_entry_named(
    place: Place,
) -> None:
    place.run("-c", RAISE)
    file = place.data / "center.sqlite3"
    place.ask("PRAGMA wal_checkpoint(TRUNCATE)")
    assert "The ledger is whole" in place.run("-m", "django", "verify_ledger")
    raw = file.read_bytes()
    sequence, held = place.ask(
        "SELECT sequence, previous_hash || hash FROM ledger_entry WHERE thing = 'report:17'"
    )[0]
    position = raw.index(str(held).encode()) + 70  # within its own hash
    with file.open("r+b") as handle:
        os.pwrite(handle.fileno(), b"x", position)
    done = subprocess.run(
        [sys.executable, "-m", "django", "verify_ledger"],
        env=place.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"Entry {sequence} was changed" in done.stderr
