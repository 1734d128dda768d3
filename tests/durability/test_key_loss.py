"""keys/vault.key is away, in a running system and at a start: reports are taken, staff are told, the clocks
go on; put back, all opens."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.running import Reporter, StaffBrowser, until

from benchmarks import system

pytestmark = pytest.mark.programs


@dataclass
class House:
    data: Path
    safe: Path

    def take_key_away(self) -> None:
        (self.data / "keys" / "vault.key").rename(self.safe)

    def put_key_back(self) -> None:
        self.safe.rename(self.data / "keys" / "vault.key")

    def asked(self, statement: str) -> str:
        connection = sqlite3.connect(self.data / "center.sqlite3", timeout=20)
        try:
            return str(connection.execute(statement).fetchone()[0])
        finally:
            connection.close()

    def number_of_the_last_report(self) -> str:
        return self.asked("SELECT number FROM reporting_report ORDER BY id DESC LIMIT 1")

    def beats_on(self) -> None:
        before = self.asked("SELECT max(beat_at) FROM duties_heartbeat")
        until(
            lambda: self.asked("SELECT max(beat_at) FROM duties_heartbeat") > before, "the worker beats", 30
        )


@pytest.fixture(scope="module")
def house(district: Path, tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(district, tmp_path_factory.mktemp("safe") / "vault.key")


def says_that_it_is_locked(staff: StaffBrowser, path: str) -> bool:
    status, page = staff.ask(path)
    return status == 503 and "The vault is locked" in page and "new reports are still taken" in page


def test_a_key_that_is_taken_away_and_put_back_while_the_system_runs(house: House) -> None:
    with system.running(house.data) as ours:
        reporter, rosa = Reporter(ours.port), StaffBrowser(house.data, ours.staff_port, "Rosa Ortiz")
        earlier = reporter.send("Marker-Before the key was away.")
        path = f"/desk/reports/{house.number_of_the_last_report()}/"
        assert rosa.sign_in()[0] == 200
        assert "Marker-Before" in rosa.ask(path)[1]

        house.take_key_away()
        meanwhile = reporter.send("Marker-While the key was away.")
        assert "Marker-While" in reporter.come_back(meanwhile)
        assert "More words" in reporter.write("More words.")
        assert "Marker-Before" in reporter.come_back(earlier)
        assert reporter.ask("GET", "/readyz")[0] == 200
        assert says_that_it_is_locked(rosa, path)
        status, ready = rosa.ask("/readyz")
        assert status == 503
        assert "The key file is missing" in ready
        assert rosa.ask("/desk/")[0] == 200, "the list needs no key"
        house.beats_on()

        house.put_key_back()
        assert "Marker-Before" in rosa.ask(path)[1]
        assert "Marker-While" in rosa.ask(f"/desk/reports/{house.number_of_the_last_report()}/")[1]
        assert rosa.ask("/readyz")[0] == 200


@pytest.fixture
def started_without(house: House) -> Iterator[system.System]:
    house.take_key_away()
    with system.running(house.data) as ours:
        yield ours


def test_a_start_without_the_key_makes_no_new_one_takes_reports_and_opens_all_once_it_is_back(
    house: House, started_without: system.System
) -> None:
    ours = started_without
    # Somebody else than in the test before: a one-time code is good once, and both tests may fall into the
    # same half minute.
    reporter, ben = Reporter(ours.port), StaffBrowser(house.data, ours.staff_port, "Ben Cole")
    receipt = reporter.send("Marker-Start without a key.")
    assert not (house.data / "keys" / "vault.key").exists()
    house.beats_on()
    assert "The vault is locked" in ben.ask("/account/login/")[1]
    status, page = ben.sign_in()
    assert status == 503
    assert "The vault is locked" in page
    assert "The key file is missing" in ben.ask("/readyz")[1]

    house.put_key_back()
    assert "The vault is locked" not in ben.ask("/account/login/")[1]
    assert ben.sign_in()[0] == 200
    assert "Marker-Start" in ben.ask(f"/desk/reports/{house.number_of_the_last_report()}/")[1]
    assert "Marker-Start" in reporter.come_back(receipt)
