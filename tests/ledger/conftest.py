from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from security_center.foundation.clock import clock_at
from security_center.foundation.ledger import triggers
from security_center.foundation.ledger.actions import record, sign_head
from security_center.foundation.vault.provider import create_key_file

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture
def data_folder(settings: Any, tmp_path: Path) -> Path:
    """A data folder of this test alone, with a key file."""
    settings.SSC_DATA = tmp_path
    settings.SSC_SIGNED_HEADS_DIR = ""
    create_key_file()
    return tmp_path


@pytest.fixture
def write(data_folder: Path) -> Callable[..., None]:
    """Append `count` entries a minute apart; sign after each where asked."""

    def written(count: int, *, sign: bool = False, first_minute: int = 0) -> None:
        for number in range(count):
            with clock_at(START + timedelta(minutes=first_minute + number)):
                with transaction.atomic():
                    record(
                        actor="person:1",
                        verb="test.done",
                        about=f"thing:{number}",
                        organization_id=7,
                        detail={"n": number, "ok": True},
                    )
                if sign:
                    sign_head()

    return written


@pytest.fixture
def tamper() -> Callable[..., None]:
    """Run SQL as somebody who owns the database file: triggers away, change, triggers back."""

    def done(statement: str, values: list[object] | None = None) -> None:
        triggers.remove(connection)
        with connection.cursor() as cursor:
            cursor.execute(statement, values or [])
        triggers.install(connection)

    return done
