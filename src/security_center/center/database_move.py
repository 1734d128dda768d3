"""The embedded database's rows, carried into an empty PostgreSQL database. The embedded file stays until all
was compared.

A table, or several that point at each other, is one transaction: a move that was cut off goes on with the
first table that is not there yet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import DatabaseError, connection, connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ConnectionHandler
from django_scopes import scopes_disabled

from security_center.foundation.ledger import queries as ledger
from security_center.foundation.vault.provider import exchange_under_way

from . import sealed_values

EMBEDDED = "embedded"
UNFINISHED = "move-unfinished"  # names the database that a cut-off move was filling
ROWS = 1000
# Made anew by whoever signs in or starts next; what stands in the old ones opens nothing elsewhere. The last
# two are PostgreSQL's own by migration.
LEFT_BEHIND = frozenset(
    {"organizations.SignIn", "duties.Heartbeat", "contenttypes.ContentType", "auth.Permission"}
)


class CannotMove(Exception):
    """The message is a sentence for the person at the terminal."""


@dataclass(frozen=True)
class Moved:
    tables: int
    rows: int
    sealed_values: int


def embedded_file() -> Path:
    return Path(settings.SSC_DATA) / "center.sqlite3"


def moved_file() -> Path:
    """Its name after a move."""
    return embedded_file().with_name(f"{embedded_file().name}.moved")


@contextmanager
def _embedded() -> Iterator[None]:
    """The embedded file as a second connection, for this command only: no program ever has both."""
    engine = {
        "ENGINE": "security_center.foundation.sqlite",
        "NAME": str(embedded_file()),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
    }
    wrapper = ConnectionHandler({"default": engine})["default"]
    wrapper.alias = EMBEDDED
    connections[EMBEDDED] = wrapper
    try:
        yield
    finally:
        wrapper.close()
        del connections[EMBEDDED]


def move(say: Callable[[str], None]) -> Moved:
    """Carry everything over, compare it, open every sealed value, verify the ledger. Raises CannotMove,
    DatabaseError, VaultLocked."""
    if connection.vendor != "postgresql":
        raise CannotMove("DATABASE_URL must name the PostgreSQL database that everything should go into.")
    if exchange_under_way():
        raise CannotMove(
            "The vault's key is being exchanged. Run ./ssc exchange-vault-key --yes to its end first."
        )
    if not embedded_file().is_file():
        why = "It was moved before." if moved_file().exists() else "Give the right folder with --data."
        raise CannotMove(f"There is no embedded database in {settings.SSC_DATA}. {why}")
    with _embedded(), scopes_disabled():  # the rows of all tenants, carried and compared, shown to nobody
        _require_same_version()
        groups = _in_order(_tables())
        _require_mine(groups)
        for group in groups:
            _carry(group, say)
        rows = sum(_compare(model) for group in groups for model in group)
        _renew_counters(groups)
    opened = sealed_values.open_every_value()
    if opened.closed:
        raise CannotMove(
            f"Sealed values of {', '.join(opened.closed)} do not open in the new database. Nothing "
            "was taken away; the old one is as it was."
        )
    checked = ledger.verify()
    if not checked.ok:
        raise CannotMove(
            "The ledger is not whole in the new database. Run ./ssc verify-ledger on both; the old "
            "one is as it was."
        )
    _put_aside()
    return Moved(sum(map(len, groups)), rows, opened.values)


def _require_same_version() -> None:
    ours = set(MigrationRecorder(connection).applied_migrations())
    theirs = set(MigrationRecorder(connections[EMBEDDED]).applied_migrations())
    if ours != theirs:
        raise CannotMove(
            "The embedded database is of another version than this code. Start it once with ./ssc "
            "up, without DATABASE_URL, and stop it again."
        )


def _tables() -> list[type[models.Model]]:
    found = apps.get_models(include_auto_created=True)
    return [
        model
        for model in found
        if model._meta.managed and not model._meta.proxy and model._meta.label not in LEFT_BEHIND
    ]


def _in_order(tables: list[type[models.Model]]) -> list[list[type[models.Model]]]:
    """Each table after those that its rows point at; tables that point at each other in one group."""
    waiting = {
        model: {pointed for pointed in _points_at(model) if pointed in tables and pointed is not model}
        for model in tables
    }
    groups: list[list[type[models.Model]]] = []
    while waiting:
        ready = [model for model, needs in waiting.items() if not needs & waiting.keys()]
        groups += [[model] for model in ready] or [list(waiting)]
        for model in ready or list(waiting):
            del waiting[model]
    return groups


def _points_at(model: type[models.Model]) -> set[type[models.Model]]:
    return {each.related_model for each in model._meta.concrete_fields if isinstance(each, models.ForeignKey)}


def _require_mine(groups: list[list[type[models.Model]]]) -> None:
    """An empty database, or the one that an earlier try was filling from this very file."""
    mark = Path(settings.SSC_DATA) / UNFINISHED
    name = {key: str(settings.DATABASES["default"][key]) for key in ("NAME", "HOST", "PORT")}
    if mark.exists() and json.loads(mark.read_text(encoding="utf-8")) == name:
        return
    if any(model._base_manager.exists() for group in groups for model in group):
        raise CannotMove("The PostgreSQL database is not empty. Make a new one and name it in DATABASE_URL.")
    mark.write_text(json.dumps(name), encoding="utf-8")


def _carry(group: list[type[models.Model]], say: Callable[[str], None]) -> None:
    counts = {model: model._base_manager.using(EMBEDDED).count() for model in group}
    if all(model._base_manager.count() == number for model, number in counts.items()):
        return  # empty, or carried by an earlier try
    with transaction.atomic():
        for model in group:
            rows = model._base_manager.using(EMBEDDED).order_by("pk").iterator(chunk_size=ROWS)
            for some in batched(rows, ROWS):
                _insert(model, list(some))
    say(", ".join(f"{model._meta.label} {counts[model]:,}" for model in group))


def _insert(model: type[models.Model], rows: list[models.Model]) -> None:
    """Raw: nothing is set anew on the way, no moment of making and no default."""
    try:
        model._base_manager.using("default")._insert(  # type: ignore[attr-defined]
            rows, model._meta.concrete_fields, raw=True, using="default"
        )
    except (DatabaseError, ValueError) as error:
        raise CannotMove(
            f"A row of {model._meta.label} could not be carried over ({type(error).__name__}). The "
            "old database is as it was."
        ) from error


def _compare(model: type[models.Model]) -> int:
    """Every value of every row, not counts alone. Returns how many rows there are."""
    seen = 0
    names = [each.attname for each in model._meta.concrete_fields]
    for some in batched(model._base_manager.using(EMBEDDED).order_by("pk").iterator(chunk_size=ROWS), ROWS):
        carried = model._base_manager.in_bulk([row.pk for row in some])
        for row in some:
            other = carried.get(row.pk)
            if other is None or any(
                _plain(getattr(row, name)) != _plain(getattr(other, name)) for name in names
            ):
                raise CannotMove(
                    f"A row of {model._meta.label} is not the same in the new database. The old one "
                    "is as it was."
                )
        seen += len(some)
    if seen != model._base_manager.count():
        raise CannotMove(
            f"{model._meta.label} has more rows in the new database than in the old one, which is as it was."
        )
    return seen


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _renew_counters(groups: list[list[type[models.Model]]]) -> None:
    """The next row's number follows the highest that was carried over."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(
            no_style(), [model for group in groups for model in group]
        ):
            cursor.execute(statement)


def _put_aside() -> None:
    """Under another name, so that a start without DATABASE_URL cannot go on with the old rows by mistake."""
    file = embedded_file()
    for leftover in ("", "-wal", "-shm"):
        part = Path(f"{file}{leftover}")
        if part.exists():
            part.rename(f"{moved_file()}{leftover}")
    (Path(settings.SSC_DATA) / UNFINISHED).unlink(missing_ok=True)
