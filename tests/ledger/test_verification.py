from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from django.db import connection

from security_center.foundation.ledger import actions, entries, heads, triggers
from security_center.foundation.ledger.before_signing import LedgerBroken
from security_center.foundation.ledger.chain import GENESIS, entry_hash
from security_center.foundation.ledger.models import Entry, SignedHead
from security_center.foundation.ledger.queries import verify
from security_center.foundation.vault.provider import VaultLocked, key_path

from .conftest import START

pytestmark = pytest.mark.django_db

Write = Callable[..., None]
Tamper = Callable[..., None]


def named() -> list[int]:
    found = verify()
    assert not found.ok
    return [problem.sequence for problem in found.problems]


def test_an_empty_ledger_is_whole(data_folder: Path) -> None:
    found = verify()
    assert found.ok
    assert (found.entries, found.signed_heads, found.head_signed_at) == (0, 0, None)


def test_an_untouched_ledger_is_whole(write: Write) -> None:
    write(5, sign=True)
    found = verify()
    assert found.ok
    assert found.problems == []
    assert (found.entries, found.signed_heads, found.key_source) == (5, 5, "provider")
    assert found.head_signed_at == START + timedelta(minutes=4)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "2026-11-24 08:02:00.000001"),
        ("at", "yesterday"),
        ("actor", "person:2"),
        ("verb", "test.undone"),
        ("thing", "thing:9"),
        ("organization_id", 8),
        ("organization_id", None),
        ("detail", '{"n":3,"ok":true}'),
        ("detail", '{"n": 2,"ok":true}'),
        ("detail", "{"),
        ("actor", b"person:\xff"),
        ("hash", b"\xff"),
        ("organization_id", b"07"),
        ("hash", "0" * 64),
        ("previous_hash", "1" * 64),
    ],
)
def test_a_changed_entry_is_named(write: Write, tamper: Tamper, column: str, value: object) -> None:
    write(5)
    if value == b"07" and connection.vendor != "sqlite":
        pytest.skip("a column of type bigint holds no text")
    if column == "detail":
        if connection.vendor != "sqlite":
            pytest.skip("a column of type jsonb holds no text that is not canonical")
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
    tamper(f"UPDATE ledger_entry SET {column} = %s WHERE sequence = 3", [value])  # noqa: S608 - a column of the list above
    if connection.vendor == "sqlite":
        # Or every later test of this process would run without the database's checks
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
    assert 3 in named()


def test_a_removed_entry_is_named(write: Write, tamper: Tamper) -> None:
    write(6)
    tamper("DELETE FROM ledger_entry WHERE sequence IN (3, 4)")
    found = verify()
    assert [problem.sequence for problem in found.problems] == [3]
    assert "3 to 4" in found.problems[0].sentence


def test_the_first_entry_removed_is_named(write: Write, tamper: Tamper) -> None:
    write(3)
    tamper("DELETE FROM ledger_entry WHERE sequence = 1")
    assert named() == [1]


def test_reordered_entries_are_named(write: Write, tamper: Tamper) -> None:
    write(5)
    tamper("UPDATE ledger_entry SET sequence = 1003 WHERE sequence = 3")
    tamper("UPDATE ledger_entry SET sequence = 3 WHERE sequence = 4")
    tamper("UPDATE ledger_entry SET sequence = 4 WHERE sequence = 1003")
    assert {3, 4} <= set(named())


def test_an_entry_put_in_between_is_named(write: Write, tamper: Tamper) -> None:
    write(3)
    held = Entry.objects.get(sequence=3)
    columns: dict[str, Any] = {
        "sequence": 4, "at": held.at, "actor": "person:9", "verb": "test.done", "thing": "",
        "organization_id": None, "detail": {},
        "previous_hash": GENESIS,
    }  # fmt: skip
    Entry.objects.create(**columns, hash=entry_hash(**columns))
    assert named() == [4]


def test_a_chain_cut_at_its_end_is_found_by_its_signed_heads(write: Write, tamper: Tamper) -> None:
    write(5, sign=True)
    tamper("DELETE FROM ledger_entry WHERE sequence > 3")
    found = verify()
    assert {problem.sequence for problem in found.problems} == {4}
    assert "entry 5 was signed" in found.problems[0].sentence


def test_a_cut_chain_is_found_though_the_rows_of_its_signed_heads_were_cut_too(
    write: Write, tamper: Tamper
) -> None:
    write(5, sign=True)
    tamper("DELETE FROM ledger_entry WHERE sequence > 3")
    tamper("DELETE FROM ledger_signedhead WHERE sequence > 3")
    assert named() == [4]


def test_a_cut_chain_that_was_carried_on_is_found_as_rewritten(write: Write, tamper: Tamper) -> None:
    write(5, sign=True)
    tamper("DELETE FROM ledger_entry WHERE sequence > 3")
    write(4, first_minute=60)
    assert 4 in named()


def test_a_cut_chain_is_not_signed_again_as_if_nothing_had_happened(write: Write, tamper: Tamper) -> None:
    write(5, sign=True)
    tamper("DELETE FROM ledger_entry WHERE sequence > 3")
    with pytest.raises(LedgerBroken):
        actions.sign_head()


def rewritten(tamper: Tamper) -> None:
    """Every hash worked out anew after a change: the chain alone looks whole."""
    previous = GENESIS
    for entry in Entry.objects.order_by("sequence"):
        actor = "person:66" if entry.sequence == 2 else entry.actor
        columns: dict[str, Any] = {
            "sequence": entry.sequence, "at": entry.at, "actor": actor, "verb": entry.verb,
            "thing": entry.thing,
            "organization_id": entry.organization_id, "detail": entry.detail, "previous_hash": previous,
        }  # fmt: skip
        fresh = entry_hash(**columns)
        tamper(
            "UPDATE ledger_entry SET actor = %s, previous_hash = %s, hash = %s WHERE sequence = %s",
            [actor, previous, fresh, entry.sequence],
        )
        previous = fresh


def test_a_chain_rewritten_as_a_whole_is_found_by_its_signed_heads(write: Write, tamper: Tamper) -> None:
    write(5, sign=True)
    rewritten(tamper)
    found = verify()
    assert {problem.sequence for problem in found.problems} == {2}
    assert "rewritten after entry 1" in found.problems[0].sentence


def test_a_rewritten_chain_is_whole_to_those_who_have_no_signed_head(write: Write, tamper: Tamper) -> None:
    """The limit that the threat model states: what was not signed yet can be rewritten."""
    write(5)
    rewritten(tamper)
    assert verify().ok


def test_a_forged_signature_is_named(write: Write, tamper: Tamper) -> None:
    write(3, sign=True)
    tamper("UPDATE ledger_signedhead SET signature = %s WHERE sequence = 2", ["ab" * 64])
    assert set(named()) == {2, 3}, "the one after it names the one that was"


def test_heads_signed_anew_with_another_key_are_named(
    write: Write, tamper: Tamper, data_folder: Path
) -> None:
    write(3, sign=True)
    thief = Ed25519PrivateKey.generate()
    forged = [
        heads.signed(thief, sequence=row.sequence, entry_hash=row.hash, signed_at=row.signed_at)
        for row in SignedHead.objects.order_by("sequence")
    ]
    (data_folder / heads.FILE_NAME).write_text("".join(head.line() + "\n" for head in forged))
    for head in forged:
        tamper(
            "UPDATE ledger_signedhead SET public_key = %s, signature = %s WHERE sequence = %s",
            [head.public_key, head.signature, head.sequence],
        )
    assert set(named()) == {1, 2, 3}


def test_without_the_key_file_the_chain_is_checked_and_the_key_s_source_is_said(
    write: Write, tamper: Tamper
) -> None:
    write(3, sign=True)
    key_path().unlink()
    found = verify()
    assert (found.ok, found.key_source) == (True, "data file")
    tamper("UPDATE ledger_entry SET actor = 'person:2' WHERE sequence = 2")
    assert 2 in named()


def test_nothing_is_signed_without_the_key_file(write: Write) -> None:
    write(2)
    key_path().unlink()
    with pytest.raises(VaultLocked):
        actions.sign_head()
    assert not SignedHead.objects.exists()


def test_a_head_is_signed_once(write: Write, data_folder: Path) -> None:
    write(2)
    assert actions.sign_head() is not None
    assert actions.sign_head() is None
    assert len((data_folder / heads.FILE_NAME).read_text().splitlines()) == 1


def test_heads_are_kept_outside_the_data_folder_and_found_there(
    write: Write, tamper: Tamper, settings: Any, tmp_path: Path
) -> None:
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    settings.SSC_SIGNED_HEADS_DIR = str(outside)
    write(4, sign=True)
    tamper("DELETE FROM ledger_entry WHERE sequence > 2")
    tamper("DELETE FROM ledger_signedhead WHERE sequence > 2")
    own = heads.data_file()
    own.write_text("".join(own.read_text().splitlines(keepends=True)[:2]))
    found = verify()
    assert [problem.sequence for problem in found.problems] == [3]
    assert str(outside) in found.problems[0].sentence


def test_a_folder_outside_that_is_away_does_not_stop_the_signing(
    write: Write, settings: Any, tmp_path: Path
) -> None:
    settings.SSC_SIGNED_HEADS_DIR = str(tmp_path / "not-mounted")
    write(1, sign=True)
    assert SignedHead.objects.count() == 1
    assert [problem.sequence for problem in verify().problems] == [0]


def test_a_folder_outside_that_is_named_later_gets_the_newest_head(
    write: Write, settings: Any, tmp_path: Path
) -> None:
    write(2, sign=True)
    (tmp_path / "later").mkdir()
    settings.SSC_SIGNED_HEADS_DIR = str(tmp_path / "later")
    assert actions.sign_head() is None
    assert verify().ok
    assert json.loads((tmp_path / "later" / heads.FILE_NAME).read_text())["sequence"] == 2


def test_a_line_that_a_power_cut_tore_is_replaced_by_the_next(write: Write, data_folder: Path) -> None:
    write(1, sign=True)
    file = data_folder / heads.FILE_NAME
    with file.open("ab") as handle:
        handle.write(b'{"sequence":2,"ha')
    write(1, sign=True, first_minute=5)
    assert [json.loads(line)["sequence"] for line in file.read_text().splitlines()] == [1, 2]
    assert verify().ok


def test_a_changed_line_and_a_lost_file_of_heads_are_found(write: Write, data_folder: Path) -> None:
    write(3, sign=True)
    file = data_folder / heads.FILE_NAME
    lines = file.read_text().splitlines(keepends=True)
    file.write_text(lines[0] + "not a head\n" + lines[2])
    # On PostgreSQL each machine that signs has a file of its own, which need not hold every head.
    assert set(named()) == ({0, 2} if connection.vendor == "sqlite" else {0})
    file.unlink()
    assert named() == [0]


def test_a_missing_trigger_is_a_problem(write: Write) -> None:
    write(1)
    triggers.remove(connection)
    assert verify().problem_count == 6
    triggers.install(connection)
    assert verify().ok


def test_at_most_twenty_problems_are_listed_and_all_are_counted(write: Write, tamper: Tamper) -> None:
    write(30)
    tamper("UPDATE ledger_entry SET actor = 'person:2'")
    found = verify()
    assert (len(found.problems), found.problem_count) == (20, 30)


def test_verification_takes_no_more_memory_for_a_longer_chain(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "PAGE", 50)

    def peak() -> int:
        tracemalloc.start()
        assert verify().ok
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    write(100)
    peak()  # what is loaded once
    short = peak()
    write(900)
    assert peak() < short * 1.5


def test_the_look_itself_is_recorded(write: Write) -> None:
    write(2)
    found = actions.verify(actor="person:5")
    assert found.ok
    last = Entry.objects.order_by("-sequence").first()
    assert last is not None
    assert (last.actor, last.verb, last.detail) == (
        "person:5",
        "ledger.verified",
        {"ok": True, "entries": 2, "problems": 0},
    )


def test_the_command_says_whole_and_ends_with_one_when_it_is_not(
    write: Write, tamper: Tamper, capsys: pytest.CaptureFixture[str]
) -> None:
    write(3, sign=True)
    call_command("verify_ledger")
    assert "The ledger is whole." in capsys.readouterr().out
    tamper("UPDATE ledger_entry SET actor = 'person:2' WHERE sequence = 2")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_ledger")
    assert ended.value.code == 1
    assert "Entry 2 was changed" in capsys.readouterr().err


def test_what_the_worker_signs_while_the_chain_is_read_is_no_problem(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(4, sign=True)
    rows = entries.rows

    def rows_then_the_worker_goes_on(*_after: int) -> Iterator[Any]:
        yield from rows()
        monkeypatch.setattr(entries, "rows", rows)
        write(2, sign=True, first_minute=10)

    monkeypatch.setattr(entries, "rows", rows_then_the_worker_goes_on)
    found = verify()
    assert found.ok, found.problems
    assert found.entries == 4
