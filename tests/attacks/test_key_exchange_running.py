"""The vault's key is exchanged under the real programs, and what becomes of backups from before and after
it."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.running import Reporter, StaffBrowser, run, ssc

from benchmarks import system

pytestmark = pytest.mark.programs

OPENED = (
    "from security_center.center.sealed_values import open_every_value\nfound = open_every_value(); "
    "print(found.values, dict(found.closed))"
)


@dataclass
class Story:
    data: Path
    outside: Path
    said: str = ""
    sent: list[tuple[str, str]] = field(default_factory=list)  # the receipt's words, and the text
    shown: list[str] = field(default_factory=list)  # what came back after the exchange
    pages: list[tuple[int, str]] = field(default_factory=list)

    def archive(self, folder: str) -> str:
        (found,) = (self.outside / folder).glob("*.age")
        return str(found)

    def kit(self, name: str) -> str:
        return str(self.outside / name)


@pytest.fixture(scope="module")
def story(district: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A backup; the programs run and reports are sent all along; the key is exchanged; a backup again."""
    found = Story(district, tmp_path_factory.mktemp("outside"))
    done = ssc(district, "backup", "--to", str(found.outside / "before"), "--kit", found.kit("old.txt"))
    assert done.returncode == 0, done.stderr
    with system.running(district) as ours:
        rosa, enough = StaffBrowser(district, ours.staff_port, "Rosa Ortiz"), threading.Event()
        rosa.sign_in()

        def keep_sending() -> None:
            reporter = Reporter(ours.port)
            while not enough.is_set():
                text = f"Marker-{len(found.sent)} of those that were sent meanwhile."
                found.sent.append((reporter.send(text), text))

        sender = threading.Thread(target=keep_sending)
        sender.start()
        try:
            for words in ([], ["--yes"]):
                done = ssc(district, "exchange-vault-key", "--kit", found.kit("new.txt"), *words)
                assert done.returncode == 0, done.stderr
                found.said += done.stdout
        finally:
            enough.set()
            sender.join()
        reporter = Reporter(ours.port)
        found.shown = [
            reporter.come_back(words)
            for words, _text in (found.sent[0], found.sent[len(found.sent) // 2], found.sent[-1])
        ]
        connection = sqlite3.connect(district / "center.sqlite3")
        newest = connection.execute(
            "SELECT number FROM reporting_report ORDER BY id DESC LIMIT 1"
        ).fetchone()[0]
        connection.close()
        ben = StaffBrowser(district, ours.staff_port, "Ben Cole")
        found.pages = [ben.sign_in(), rosa.ask(f"/desk/reports/{newest}/"), rosa.ask("/readyz")]
    done = ssc(district, "backup", "--to", str(found.outside / "after"))
    assert done.returncode == 0, done.stderr
    return found


def test_no_report_fails_meanwhile_and_each_opens_with_its_receipt(story: Story) -> None:
    assert len(story.sent) >= 10
    for (_words, text), shown in zip(
        (story.sent[0], story.sent[len(story.sent) // 2], story.sent[-1]), story.shown, strict=True
    ):
        assert text in shown
    values, closed = run(story.data, OPENED).split(maxsplit=1)
    assert int(values) >= len(story.sent)
    assert closed.strip() == "{}"


def test_the_programs_take_up_the_new_key_without_a_restart_and_nobody_signs_in_again(story: Story) -> None:
    (signed_in, _home), (opened, page), (_status, ready) = story.pages
    assert signed_in == 200, "with a code of an app whose secret was sealed under the old key"
    assert (opened, story.sent[-1][1] in page) == (200, True)
    assert '"ledger": "ok"' in ready
    assert "Nothing needs a restart, and nobody signs in again." in story.said
    assert ssc(story.data, "verify-ledger").returncode == 0


def test_a_backup_from_before_opens_with_the_kit_of_then_alone_and_a_restore_says_so(
    story: Story, tmp_path: Path
) -> None:
    refused = ssc(tmp_path / "no", "restore", story.archive("before"), "--kit", story.kit("new.txt"))
    assert refused.returncode == 1
    assert "from before an exchange of the vault's key opens with the kit of then" in refused.stderr
    assert (
        ssc(tmp_path / "neither", "restore", story.archive("after"), "--kit", story.kit("old.txt")).returncode
        == 1
    )
    later = (story.outside / "after" / "shredded-reports.txt").read_bytes()
    (story.outside / "before" / "shredded-reports.txt").write_bytes(later)
    done = ssc(tmp_path / "then", "restore", story.archive("before"), "--kit", story.kit("old.txt"))
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr, "the list of what was destroyed since is believed with either key"
    assert run(tmp_path / "then", OPENED).endswith("{}\n")


def test_a_backup_of_afterwards_opens_with_the_new_kit(story: Story, tmp_path: Path) -> None:
    done = ssc(tmp_path / "data", "restore", story.archive("after"), "--kit", story.kit("new.txt"))
    assert done.returncode == 0, done.stderr
    values, closed = run(tmp_path / "data", OPENED).split(maxsplit=1)
    assert (int(values) >= len(story.sent), closed.strip()) == (True, "{}")
    assert (tmp_path / "data" / "keys" / "vault.key").read_bytes() == (
        story.data / "keys" / "vault.key"
    ).read_bytes()
    assert ssc(tmp_path / "data", "verify-ledger").returncode == 0
