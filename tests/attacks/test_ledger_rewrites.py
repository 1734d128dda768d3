"""B7: the ledger rewritten by somebody who may write the database and the data folder, but has no key: a
thousand random ways."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from tests.attacks.ledger_thief import ENTRIES, START, Thief, rewritten, signed_ledger

from security_center.foundation.clock import clock_at
from security_center.foundation.duties import ledger_watch, queries, schedule
from security_center.foundation.ledger import heads, triggers
from security_center.foundation.ledger.actions import record, sign_head, sign_on
from security_center.foundation.ledger.before_signing import LedgerBroken
from security_center.foundation.ledger.models import Entry, SignedHead
from security_center.foundation.ledger.queries import Verification, verify
from security_center.foundation.notifications.models import Message
from security_center.foundation.web import health

__all__ = ["signed_ledger"]

pytestmark = [pytest.mark.django_db]
DAY_AFTER = START + timedelta(days=1)
WAYS = 1000


def waited(found: Verification) -> bool:
    return any("waited longer than ten minutes" in sentence for sentence in found.unproved)


@pytest.mark.long
def test_every_rewrite_is_found_with_one_head_elsewhere_and_without_it_all_but_a_return_which_is_named(
    signed_ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the thief's triggers are SQLite's")
    heads.remembered_file().unlink()  # the thief may hold `keys/` too, as long as they cannot read it
    missed_with, missed_without, returns = [], [], 0
    with clock_at(DAY_AFTER):
        assert verify().ok
        assert not waited(verify())
        for seed in range(WAYS):
            for thief in rewritten(seed):
                done = thief.rewrite()
                found = verify()
                assert any(
                    "cut off the end" in sentence and "earlier day" in sentence for sentence in found.unproved
                )
                returns += thief.only_returned
                if found.ok and not waited(found) and not thief.only_returned:
                    missed_without.append((seed, done))
                with monkeypatch.context() as patched:
                    patched.setattr(heads, "outside_file", lambda: signed_ledger / heads.FILE_NAME)
                    with_head = verify()
                if with_head.ok:
                    missed_with.append((seed, done))
    assert (missed_with, missed_without) == ([], [])
    assert returns < WAYS / 5


@pytest.fixture
def original_attack(signed_ledger: Path) -> Callable[[], None]:
    """The way that was found: an entry changed, all rehashed onward, later heads dropped from the table and
    from the file."""

    def attack() -> None:
        thief = Thief(0)
        thief.entries[6]["actor"] = "person:66"
        thief._rehash()
        thief.table = [head for head in thief.table if head.sequence < 7]
        thief.lines = thief.lines[:3]
        thief._store()

    return attack


def test_the_program_does_not_sign_what_was_rewritten_and_rings(
    original_attack: Callable[[], None], cast: Any
) -> None:
    with clock_at(START + timedelta(minutes=ENTRIES + 1)):
        original_attack()
        before = SignedHead.objects.count()
        with pytest.raises(LedgerBroken):
            ledger_watch.sign()
        assert SignedHead.objects.count() == before
        assert not verify().ok
        told = set(Message.objects.filter(kind=ledger_watch.BROKEN.name).values_list("person_id", flat=True))
        assert {cast.ada.pk, cast.aud.pk} <= told
        assert cast.rosa.pk not in told
        with pytest.raises(LedgerBroken):
            ledger_watch.sign()
        assert Message.objects.filter(kind=ledger_watch.BROKEN.name).count() == len(told), (
            "once a day, not once a minute"
        )


def test_the_staff_program_is_not_ready_while_the_ledger_is_broken(
    original_attack: Callable[[], None],
) -> None:
    with clock_at(START + timedelta(minutes=ENTRIES + 1)):
        assert health.results("staff")["ledger"] == ""
        original_attack()
        schedule.run_due()
        assert queries.ledger_is_broken()
        assert "not as it was signed" in health.results("staff")["ledger"]


def test_after_a_person_has_looked_the_worker_signs_again_and_the_break_stays_named(
    original_attack: Callable[[], None],
) -> None:
    with clock_at(START + timedelta(minutes=ENTRIES + 1)):
        original_attack()
        assert verify().fresh_problems
        sign_on(actor="system")
        with transaction.atomic():
            record(actor="system", verb="test.done")
        assert sign_head() is not None
        found = verify()
        assert not found.ok
        assert found.fresh_problems == 0
        ledger_watch.verify_whole()


def test_heads_from_before_they_were_chained_stay_valid(
    signed_ledger: Path, settings: Any, tmp_path: Path
) -> None:
    key = heads.signing_key()
    triggers.remove(connection)
    rows = list(SignedHead.objects.order_by("sequence"))
    SignedHead.objects.all().delete()
    old = [
        heads.signed(key, sequence=row.sequence, entry_hash=row.hash, signed_at=row.signed_at) for row in rows
    ]
    SignedHead.objects.bulk_create([heads.to_row(head) for head in old])
    triggers.install(connection)
    heads.data_file().write_text("".join(head.line() + "\n" for head in old))
    heads.remembered_file().unlink()
    with clock_at(START + timedelta(minutes=ENTRIES + 1)):
        assert verify().ok
        with transaction.atomic():
            record(actor="system", verb="test.done")
        head = sign_head()
        assert head is not None
        assert head.previous == old[-1].digest
        assert head.entries == ENTRIES + 1
        assert verify().ok


def test_a_head_whose_row_was_not_committed_is_taken_up_by_the_next_signing(signed_ledger: Path) -> None:
    with clock_at(START + timedelta(minutes=ENTRIES + 1)):
        with transaction.atomic():
            record(actor="system", verb="test.done")
        point = transaction.savepoint_create()
        head = sign_head()
        transaction.savepoint_rollback(point)  # the machine stopped between the file's line and the row
        assert head is not None
        heads.remembered_file().unlink()
        assert verify().ok
        again = sign_head()
        assert again is not None
        assert heads.of_row(again) == heads.of_row(head)
        assert verify().ok
        assert len(heads.data_file().read_text().splitlines()) == SignedHead.objects.count()


def test_a_return_to_an_earlier_signature_is_found_by_the_one_that_keys_remember(signed_ledger: Path) -> None:
    before, last = list(SignedHead.objects.order_by("sequence"))[-2:]
    triggers.remove(connection)
    Entry.objects.filter(sequence__gt=before.sequence).delete()
    SignedHead.objects.filter(pk=last.pk).delete()
    triggers.install(connection)
    heads.data_file().write_text("".join(heads.data_file().read_text().splitlines(keepends=True)[:-1]))
    with clock_at(START + timedelta(minutes=ENTRIES)):
        assert not verify().ok
        with pytest.raises(LedgerBroken):
            sign_head()
        heads.remembered_file().unlink()
        assert verify().ok
