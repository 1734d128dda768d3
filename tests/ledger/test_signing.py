"""What is looked at before a head is signed, how signing goes on after a break, and the lines that heads lie
in."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from django.db import connection, transaction

from security_center.foundation.clock import clock_at
from security_center.foundation.ledger import actions, heads, triggers, verification
from security_center.foundation.ledger.before_signing import LedgerBroken
from security_center.foundation.ledger.chain import GENESIS, entry_hash
from security_center.foundation.ledger.head_sources import Findings
from security_center.foundation.ledger.models import Entry, SignedHead
from security_center.foundation.ledger.queries import verify
from security_center.foundation.vault.provider import key_path

from .conftest import START

pytestmark = pytest.mark.django_db

Write = Callable[..., None]
Tamper = Callable[..., None]


def found_heads() -> list[heads.Head]:
    return [heads.of_row(row) for row in SignedHead.objects.order_by("sequence")]


@pytest.fixture
def uncommitted(write: Write) -> Iterator[heads.Head]:
    """Two heads; the machine stopped between the file's line and the row of the second."""
    write(1, sign=True)
    write(1, first_minute=1)
    with clock_at(START + timedelta(minutes=2)):
        point = transaction.savepoint_create()
        row = actions.sign_head()
        transaction.savepoint_rollback(point)
        heads.remembered_file().unlink()
        assert row is not None
        yield heads.of_row(row)


def test_a_head_whose_row_never_came_is_no_problem_and_is_taken_up(uncommitted: heads.Head) -> None:
    assert verify().ok
    again = actions.sign_head()
    assert again is not None
    assert heads.of_row(again) == uncommitted


def test_a_head_that_follows_none_of_the_table_s_is_not_signed_over(
    write: Write, uncommitted: heads.Head
) -> None:
    strange = heads.signed(
        heads.signing_key(),
        sequence=uncommitted.sequence,
        entry_hash=uncommitted.hash,
        signed_at=uncommitted.signed_at,
        previous=GENESIS,
        entries=2,
    )
    heads.data_file().write_text(found_heads()[0].line() + "\n" + strange.line() + "\n")
    with pytest.raises(LedgerBroken, match="Entry 2 was signed, but its signature is no longer"):
        actions.sign_head()


def test_a_cut_end_is_said_before_signing(write: Write, tamper: Tamper) -> None:
    write(3, sign=True)
    tamper("DELETE FROM ledger_entry WHERE sequence >= 2")
    with pytest.raises(LedgerBroken, match="Entry 3 was signed, but it is no longer there"):
        actions.sign_head()


def test_an_entry_that_was_changed_before_its_signature_is_said(write: Write, tamper: Tamper) -> None:
    write(1, sign=True)
    write(2, first_minute=1)
    tamper("UPDATE ledger_entry SET actor = 'person:2' WHERE sequence = 3")
    with pytest.raises(LedgerBroken, match="Entry 3 is not the one that was written"):
        actions.sign_head()


def test_nothing_is_signed_after_a_signature_of_another_key(write: Write, tamper: Tamper) -> None:
    write(1, sign=True)
    head = found_heads()[0]
    forged = heads.signed(
        Ed25519PrivateKey.generate(),
        sequence=1,
        entry_hash=head.hash,
        signed_at=head.signed_at,
        previous=GENESIS,
        entries=1,
    )
    tamper(
        "UPDATE ledger_signedhead SET public_key = %s, signature = %s", [forged.public_key, forged.signature]
    )
    with pytest.raises(LedgerBroken, match="not made with this system's key"):
        actions.sign_head()


def test_signing_on_after_a_break_is_an_entry_and_is_read_from_the_file(write: Write, tamper: Tamper) -> None:
    write(3, sign=True)
    tamper("UPDATE ledger_entry SET actor = 'person:2' WHERE sequence = 2")
    head = actions.sign_on(actor="system")
    last = Entry.objects.order_by("-sequence").first()
    assert last is not None
    assert (last.verb, last.sequence, head.sequence, head.resumes) == (
        "ledger.signed_on_after_break",
        4,
        4,
        True,
    )
    assert list(heads.read(heads.data_file())) == found_heads()
    assert verify().fresh_problems == 0


def test_everything_is_signed_up_to_the_newest_entry(write: Write) -> None:
    write(3)
    actions.sign_everything()
    assert [head.sequence for head in found_heads()] == [3]


def test_heads_from_before_they_were_chained_count_but_none_after_a_chained_one(
    write: Write, data_folder: Path
) -> None:
    write(3, sign=True)
    heads.remembered_file().unlink()
    key = heads.signing_key()
    chained = found_heads()

    def stored(rows: list[heads.Head]) -> None:
        triggers.remove(connection)
        SignedHead.objects.all().delete()
        SignedHead.objects.bulk_create([heads.to_row(head) for head in rows])
        triggers.install(connection)
        heads.data_file().write_text("".join(head.line() + "\n" for head in rows))

    old = [
        heads.signed(key, sequence=head.sequence, entry_hash=head.hash, signed_at=head.signed_at)
        for head in chained
    ]
    stored(old)
    assert verify().ok
    stored([chained[0], *old[1:]])
    found = verify()
    assert [problem.sequence for problem in found.problems] == [2]
    assert "before signatures were chained" in found.problems[0].sentence


# --- the files of heads -----------------------------------------------------------------------------------


def test_the_newest_head_is_remembered_in_the_key_s_own_folder(write: Write) -> None:
    write(1, sign=True)
    assert heads.remembered_file().parent == key_path().parent
    assert heads.last(heads.remembered_file()) == found_heads()[0]


def test_a_torn_end_as_long_as_a_read_leaves_the_last_whole_line(write: Write, data_folder: Path) -> None:
    write(2, sign=True)
    file = data_folder / heads.FILE_NAME
    with file.open("ab") as handle:
        handle.write(b"x" * 4095)
    assert heads.last(file) == found_heads()[1]


def test_a_line_without_an_end_is_read_in_pieces(tmp_path: Path) -> None:
    file = tmp_path / heads.FILE_NAME
    with file.open("wb") as handle:
        handle.truncate(8 << 20)
    tracemalloc.start()
    assert list(heads.read(file)) == []
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert used < 1 << 20


def test_the_command_says_when_signatures_were_checked_without_the_key_file(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write(1, sign=True)
    key_path().unlink()
    call_command("verify_ledger")
    assert (
        "(data file): someone who rewrote all of them could have put another key there."
        in capsys.readouterr().out
    )


# --- what stored ledgers rest on --------------------------------------------------------------------------


def test_the_hash_of_an_entry_is_what_it_always_was() -> None:
    said: dict[str, Any] = {
        "sequence": 3,
        "at": START,
        "actor": "person:1",
        "verb": "test.done",
        "thing": "thing:2",
        "organization_id": 7,
        "detail": {"n": 2, "ok": True},
        "previous_hash": GENESIS,
    }
    assert entry_hash(**said) == "65afa75d9301c8c40fad297a07fea72fe315884953fd10ac6765e5901fd1e28b"
    assert entry_hash(**{**said, "organization_id": None}) != entry_hash(**said)


def test_on_postgresql_each_table_refuses_update_delete_and_truncate() -> None:
    made = [one for one in triggers.sql("postgresql")[0] if one.startswith("CREATE TRIGGER")]
    assert [one.split(" EXECUTE")[0] for one in made] == [
        f"CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON {table} FOR EACH {level}"
        for table in ("ledger_entry", "ledger_signedhead")
        for act, level in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT"))
    ]
    assert "RAISE EXCEPTION 'the ledger is append-only'" in triggers.sql("postgresql")[0][0]


def test_what_the_database_s_own_check_finds_names_the_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = MagicMock(vendor="sqlite")
    lines = [("row 2 missing from index ledger_entry_thing",), ("wrong # of entries in an index",)]
    asked.cursor.return_value.__enter__.return_value.fetchall.side_effect = [lines, [("ok",)]]
    monkeypatch.setattr(verification, "connection", asked)
    found = Findings()
    verification._own_check_of_the_database(found)
    assert [problem.sequence for problem in found.problems] == [2, 0]


def test_the_command_says_that_nothing_was_signed_yet(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write(1)
    call_command("verify_ledger")
    assert "Signed heads: 0, the newest of never." in capsys.readouterr().out


def test_heads_and_the_entry_of_a_new_key_are_found_under_the_names_that_they_always_had(
    write: Write, data_folder: Path
) -> None:
    write(1)
    with transaction.atomic():
        actions.hand_over(actor="person:1", public_key="ab" * 32)
    actions.sign_head()
    assert (data_folder / "signed-heads.jsonl").is_file()
    assert (data_folder / "keys" / "ledger-head.jsonl").is_file()
    handed = Entry.objects.get(verb="ledger.key_handed_over")
    assert (handed.thing, handed.detail) == ("installation", {"signing_key": "ab" * 32})
