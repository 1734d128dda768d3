"""A table that goes to another room with its rows: its name changes, and nothing in it."""

from __future__ import annotations

from typing import Any

from django.db.migrations import RunPython


def take_over(*models: str, of: str, by: str) -> RunPython:
    """The database's side of a migration that moves models of the room `of` to the room `by` (labels of
    apps). Its other side, the state, is in the migration's `state_operations`; a later migration of the old
    room takes the models from its own state."""

    def renamed(old: str, new: str) -> Any:
        def rename(apps: Any, schema_editor: Any) -> None:
            for name in models:
                model = apps.get_model(of, name)
                schema_editor.alter_db_table(model, f"{old}_{name}", f"{new}_{name}")

        return rename

    return RunPython(renamed(of, by), renamed(by, of))
