"""`./ssc backup` while reports arrive, and `./ssc restore` into new folders: with the real programs."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import threading
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pyrage
import pytest
from tests.running import NotShown, Reporter, run, ssc

from benchmarks import system

pytestmark = pytest.mark.programs

PICTURE = os.urandom(200_000)
LARGE = 60 * 1024 * 1024

READ_AS_DESK = """
import hashlib
from django_scopes import scopes_disabled
from security_center.foundation.vault import files
from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.vault.columns import unseal, unseal_file
from security_center.foundation.vault.queries import open_record
from security_center.reporting.models import Attachment, Report
with scopes_disabled():
    for report in Report.objects.filter(shredded_at__isnull=True):
        opened = open_record(report.record, desk_recipient(report.desk))
        print("words", unseal(opened, report, "what_happened"))
        for attachment in Attachment.objects.filter(report=report):
            plain = b"".join(files.read(attachment.file_id, unseal_file(opened, attachment, "file_seal")))
            print("file", hashlib.sha256(plain).hexdigest())
"""
DESTROY = """
import sys
from django_scopes import scopes_disabled
from security_center.reporting.actions import retention
from security_center.reporting.models import Report
with scopes_disabled():
    report = Report.objects.order_by("pk").first()
    assert retention.shred(report=report, actor="system", again=True)
    print(report.number)
"""


@dataclass
class Shown:
    words: str
    text: str


@dataclass
class Story:
    data: Path
    outside: Path
    before: list[Shown] = field(default_factory=list)  # receipts shown before the backup began
    said: str = ""
    memory: list[int] = field(default_factory=list)

    @property
    def archive(self) -> Path:
        return sorted(self.outside.glob("first/*.age"))[0]

    @property
    def kit(self) -> Path:
        return self.outside / "kit.txt"


def measured(data: Path, *words: str) -> tuple[str, int]:
    """A command's output and the most memory its process held (bytes)."""
    settings = system.environment(data, SSC_DEMO="yes", PYTHONWARNINGS="ignore")
    out = data.parent / "out"
    with out.open("wb") as handle:
        command = [sys.executable, "-m", "security_center.project.cli", *words, "--data", str(data)]
        process = subprocess.Popen(command, env=settings, stdout=handle, stderr=subprocess.STDOUT)
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    said = out.read_text(encoding="utf-8")
    assert process.returncode == 0, said
    return said, used.ru_maxrss * 1024


@pytest.fixture(scope="module")
def story(district: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Reports arrive; a backup is made meanwhile; its kit is moved away; reports go on; the original is
    stopped."""
    found = Story(district, tmp_path_factory.mktemp("outside"))
    with system.running(district) as ours:
        enough, lock, after = threading.Event(), threading.Lock(), []

        def keep_sending(number: int) -> None:
            reporter, turn = Reporter(ours.port), 0
            while not enough.is_set():
                turn += 1
                text = f"Report {number}-{turn} {uuid.uuid4()}"
                files = {"files": ("a.jpg", PICTURE)} if turn % 3 == 1 else None
                try:
                    words = reporter.send(text, files)
                except (OSError, NotShown):
                    continue
                with lock:
                    after.append(Shown(words, text))

        senders = [threading.Thread(target=keep_sending, args=(number,)) for number in range(3)]
        for sender in senders:
            sender.start()
        try:
            while len(after) < 12:
                enough.wait(0.05)
            with lock:
                found.before = list(after)
            found.said, small = measured(
                district,
                "backup",
                "--to",
                str(found.outside / "first"),
                "--kit",
                str(district / "keys" / "kit.txt"),
            )
            with lock:
                during = len(after) - len(found.before)
        finally:
            enough.set()
            for sender in senders:
                sender.join()
        assert during > 0, "no report arrived while the backup ran"
        (district / "keys" / "kit.txt").rename(found.kit)
    shelf = district / "files" / "aa"
    shelf.mkdir(exist_ok=True)
    with (shelf / "aaaaaaaa-0000-4000-8000-000000000000").open("wb") as large:
        for _ in range(LARGE // 1024 // 1024):
            large.write(os.urandom(1024 * 1024))
    _, big = measured(district, "backup", "--to", str(found.outside / "second"))
    (shelf / "aaaaaaaa-0000-4000-8000-000000000000").unlink()
    found.memory = [small, big]
    return found


@pytest.fixture(scope="module")
def restored(story: Story, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("restored") / "data"
    done = ssc(data, "restore", str(story.archive), "--kit", str(story.kit))
    assert done.returncode == 0, done.stderr
    return data


def refused(story: Story, data: Path, archive: Path, kit: Path | None = None, *more: str) -> str:
    """The one sentence of a restore that is refused, and nothing is left that a start could take for a
    system."""
    done = ssc(data, "restore", str(archive), "--kit", str(kit or story.kit), *more)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not (data / "keys").exists()
    assert not (data / "files").exists()
    return done.stderr


# --- what a backup is
# ----------------------------------------------------------------------------------------------


def test_the_first_backup_says_where_archive_and_kit_are_and_to_keep_them_apart(story: Story) -> None:
    assert str(story.archive) in story.said
    assert "kit.txt" in story.said
    assert "Move it now" in story.said
    assert story.archive.stat().st_mode & 0o077 == 0
    assert story.kit.stat().st_mode & 0o077 == 0


def test_it_leaves_a_stamp_for_the_administrators_home_and_no_draft(story: Story) -> None:
    stamp = json.loads((story.data / "backup-stamp.json").read_text())
    assert re.match(r"\d{4}-\d\d-\d\dT.*\+00:00$", stamp["at"])
    assert stamp["bytes"] > LARGE
    assert [
        path
        for path in [*story.data.iterdir(), *story.outside.rglob("*")]
        if path.suffix == ".part" or path.name.startswith("backup-2")
    ] == []


def test_later_backups_need_no_kit(story: Story) -> None:
    assert len(list((story.outside / "second").glob("*.age"))) == 1
    assert not (story.data / "keys" / "kit.txt").exists()


def test_memory_stays_constant_however_large_the_files_are(story: Story) -> None:
    small, big = story.memory
    assert big - small < 16 * 1024 * 1024, (small, big)


def test_the_archive_tells_nobody_anything(story: Story) -> None:
    raw = story.archive.read_bytes()
    for clear in (b"SQLite format 3", b"files/", b"signing-secret", story.before[0].text.encode()):
        assert clear not in raw


# --- what a restore is
# ---------------------------------------------------------------------------------------------


def test_every_receipt_shown_before_the_backup_began_opens_its_report_in_the_new_place(
    story: Story, restored: Path
) -> None:
    with system.running(restored, demo=False) as ours:
        reporter = Reporter(ours.port)
        assert [shown for shown in story.before if shown.text not in reporter.come_back(shown.words)] == []


def test_the_desk_reads_every_word_and_every_file_with_the_key_of_the_kit(
    story: Story, restored: Path
) -> None:
    import hashlib

    lines = run(restored, READ_AS_DESK).splitlines()
    assert {f"words {shown.text}" for shown in story.before} <= set(lines)
    files = [line for line in lines if line.startswith("file ")]
    assert len(files) >= 3
    assert set(files) == {f"file {hashlib.sha256(PICTURE).hexdigest()}"}


def test_the_restored_ledger_is_whole(restored: Path) -> None:
    done = ssc(restored, "verify-ledger")
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_was_restored_belongs_to_the_owner_alone_and_holds_no_kit(restored: Path) -> None:
    kept = [
        path for path in [restored, *restored.rglob("*")] if "static" not in path.relative_to(restored).parts
    ]
    assert [path for path in kept if path.stat().st_mode & 0o077] == []
    # The newest signed head
    assert {path.name for path in (restored / "keys").iterdir()} <= {"vault.key", "ledger-head.jsonl"}
    assert not (restored / "restore-unfinished").exists()


# --- what goes wrong
# -----------------------------------------------------------------------------------------------


def test_a_folder_that_holds_something_is_never_overwritten(story: Story, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "letters.txt").write_text("mine")
    assert "not empty" in refused(story, tmp_path / "data", story.archive)
    assert (tmp_path / "data" / "letters.txt").read_text() == "mine"


def test_another_kit_a_broken_kit_and_no_kit_are_told_apart_and_the_right_one_works_then(
    story: Story, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    other = tmp_path / "other.txt"
    lines = story.kit.read_text().splitlines()
    other.write_text(
        "\n".join(
            f"backup secret: {pyrage.x25519.Identity.generate()}" if "backup secret" in line else line
            for line in lines
        )
    )
    assert "another recovery kit" in refused(story, data, story.archive, other)
    broken = tmp_path / "broken.txt"
    broken.write_text(story.kit.read_text()[:150])
    assert "not a whole recovery kit" in refused(story, data, story.archive, broken)
    assert "no recovery kit" in refused(story, data, story.archive, tmp_path / "nowhere.txt")
    without = tmp_path / "without.txt"
    without.write_text(re.sub("vault key: .*", "vault key: none", story.kit.read_text()))
    assert "holds no vault key" in refused(story, data, story.archive, without)
    assert "There is no backup" in refused(story, data, tmp_path / "nowhere.age")
    assert ssc(data, "restore", str(story.archive), "--kit", str(story.kit)).returncode == 0


@pytest.mark.parametrize(
    "how", ["one byte changed", "cut in the middle", "last byte missing", "empty", "not a backup"]
)
def test_a_damaged_archive_is_refused_whole(story: Story, tmp_path: Path, how: str) -> None:
    raw = bytearray(story.archive.read_bytes())
    if how == "one byte changed":
        raw[len(raw) // 2] ^= 1
    content = {
        "cut in the middle": raw[: len(raw) // 2],
        "last byte missing": raw[:-1],
        "empty": b"",
        "not a backup": b"hello " * 1000,
    }.get(how, raw)
    spoiled = tmp_path / "spoiled.age"
    spoiled.write_bytes(bytes(content))
    assert "damaged or cut off" in refused(story, tmp_path / "data", spoiled)


def test_an_archive_that_another_made_for_this_kit_is_refused(story: Story, tmp_path: Path) -> None:
    """The public half lies in the data folder: whoever has it can encrypt to the kit, but not seal under the
    vault's key."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        for name, content in (("center.sqlite3", b"mine"), ("seal", b"0" * 64)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    forged = tmp_path / "forged.age"
    to = pyrage.x25519.Recipient.from_str((story.data / "backup-recipient.txt").read_text().strip())
    forged.write_bytes(pyrage.encrypt(held.getvalue(), [to]))
    assert "not written by the system" in refused(story, tmp_path / "data", forged)
    assert "not written by the system" in refused(story, tmp_path / "data", forged, None, "--unsealed")


def test_a_backup_made_while_the_key_file_is_away_is_restored_only_when_one_insists(
    story: Story, tmp_path: Path
) -> None:
    key = story.data / "keys" / "vault.key"
    held = key.read_bytes()
    key.rename(tmp_path / "away")
    try:
        done = ssc(story.data, "backup", "--to", str(tmp_path / "to"))
        assert done.returncode == 0, done.stderr
        assert "carries no seal" in done.stderr
        assert not key.exists()
    finally:
        (tmp_path / "away").rename(key)
    (archive,) = (tmp_path / "to").glob("*.age")
    assert "--unsealed" in refused(story, tmp_path / "data", archive)
    assert (
        ssc(tmp_path / "data", "restore", str(archive), "--kit", str(story.kit), "--unsealed").returncode == 0
    )
    assert (
        (tmp_path / "data" / "keys" / "vault.key").read_bytes()
        == held
        == base64.b64decode(re.search("vault key: (.*)", story.kit.read_text())[1])
    )  # type: ignore[index]


def test_a_restore_that_was_cut_off_is_never_started(story: Story, restored: Path, tmp_path: Path) -> None:
    shutil.copytree(restored, tmp_path / "data")
    (tmp_path / "data" / "restore-unfinished").touch()
    started = ssc(
        tmp_path / "data", "up", "--port", str(system.free_port()), "--staff-port", str(system.free_port())
    )
    assert started.returncode == 2
    assert "was cut off" in started.stdout + started.stderr


# --- what was destroyed stays destroyed (last: it changes the original)
# ----------------------------------------------


def test_a_report_destroyed_after_the_backup_is_destroyed_again_and_a_forged_list_destroys_nothing(
    story: Story, tmp_path: Path
) -> None:
    number = run(story.data, DESTROY).strip()
    place = story.outside / "first"
    assert ssc(story.data, "backup", "--to", str(place)).returncode == 0
    assert number in (place / "shredded-reports.txt").read_text()
    done = ssc(tmp_path / "data", "restore", str(story.archive), "--kit", str(story.kit))
    assert done.returncode == 0, done.stderr
    assert "destroyed again, as they were after this backup: 1 reports and cases" in done.stdout
    state = (
        "from security_center.reporting.models import Report\nfrom django_scopes import "
        "scopes_disabled\nwith scopes_disabled():\n"
    )
    print_state = (
        f"{state}    print(Report.objects.filter(shredded_at__isnull=False).count(), "
        f"Report.objects.get(number='{number}').state)"
    )
    assert run(tmp_path / "data", print_state).strip() == "1 finished"
    assert ssc(tmp_path / "data", "verify-ledger").returncode == 0
    listed = place / "shredded-reports.txt"
    other = run(
        story.data, f"{state}    print(Report.objects.exclude(number='{number}').first().number)"
    ).strip()
    listed.write_text(f"{other}\n{listed.read_text()}")
    done = ssc(tmp_path / "again", "restore", str(story.archive), "--kit", str(story.kit))
    assert done.returncode == 0
    assert "was changed by somebody" in done.stderr
    assert run(tmp_path / "again", print_state).split()[0] == "0"
