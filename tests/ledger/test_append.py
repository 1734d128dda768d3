from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from security_center.foundation.clock import clock_at
from security_center.foundation.ledger import triggers
from security_center.foundation.ledger.actions import NotForTheLedger, OutsideTransaction, record
from security_center.foundation.ledger.chain import GENESIS
from security_center.foundation.ledger.models import Entry
from security_center.foundation.ledger.queries import entries_about, state, verify

pytestmark = pytest.mark.django_db


def test_each_entry_names_the_hash_of_the_one_before(write: Callable[..., None]) -> None:
    write(3)
    first, second, third = Entry.objects.order_by("sequence")
    assert (first.sequence, second.sequence, third.sequence) == (1, 2, 3)
    assert first.previous_hash == GENESIS
    assert second.previous_hash == first.hash
    assert third.previous_hash == second.hash


def test_an_entry_keeps_what_was_given_and_the_clock_s_moment(data_folder: object) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    with clock_at(moment):
        record(
            actor="reporter",
            verb="report.received",
            about="report:7F3K2M",
            organization_id=4,
            detail={"files": 2, "urgency": "U1", "held": None},
        )
    entry = Entry.objects.get()
    assert (entry.at, entry.actor, entry.verb, entry.thing, entry.organization_id) == (
        moment,
        "reporter",
        "report.received",
        "report:7F3K2M",
        4,
    )
    assert entry.detail == {"files": 2, "urgency": "U1", "held": None}
    assert list(entries_about("report:7F3K2M")) == [entry]
    assert state().last_sequence == 1


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(OutsideTransaction):
        record(actor="system", verb="test.done")
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "given",
    [
        {"detail": {"reason": "He said he would come back"}},
        {"detail": {"score": 1.5}},
        {"detail": {"names": ["a"]}},
        {"detail": {"address": "someone@example.org"}},
        {"detail": {"long": "x" * 257}},
        {"about": "a whole sentence"},
        {"actor": ""},
        {"verb": ""},
    ],
)
def test_a_text_that_somebody_typed_never_enters_the_ledger(given: dict[str, object]) -> None:
    with pytest.raises(NotForTheLedger):
        record(**{"actor": "system", "verb": "test.done", **given})  # type: ignore[arg-type]
    assert not Entry.objects.exists()


def test_names_are_as_long_as_their_columns_and_no_longer(data_folder: object) -> None:
    longest = {"actor": "a" * 64, "verb": "v" * 64, "about": "t" * 96}
    record(**longest)  # type: ignore[arg-type]
    for name, value in longest.items():
        with pytest.raises(NotForTheLedger):
            record(**{**longest, name: value + "x"})  # type: ignore[arg-type]
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET actor = 'person:2' WHERE sequence = 1",
        "DELETE FROM ledger_entry WHERE sequence = 1",
        "INSERT OR REPLACE INTO ledger_entry SELECT * FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "UPDATE ledger_signedhead SET hash = '' WHERE sequence = 1",
        "DELETE FROM ledger_signedhead",
    ],
)
def test_the_database_refuses_to_change_or_delete(write: Callable[..., None], statement: str) -> None:
    only_on = {"INSERT OR": "sqlite", "TRUNCATE ": "postgresql"}.get(statement[:9], connection.vendor)
    if only_on != connection.vendor:
        pytest.skip(f"a statement of {only_on}")
    write(1, sign=True)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert verify().ok


def test_the_triggers_can_be_made_twice_and_taken_away_twice() -> None:
    triggers.install(connection)
    triggers.run(connection, triggers.sql(connection.vendor)[0])
    assert triggers.missing(connection) == []
    triggers.remove(connection)
    triggers.remove(connection)
    assert len(triggers.missing(connection)) == 6
    triggers.install(connection)
    assert triggers.missing(connection) == []


def test_an_unknown_database_is_an_error_and_not_an_unprotected_ledger() -> None:
    with pytest.raises(triggers.UnknownVendor):
        triggers.sql("oracle")
