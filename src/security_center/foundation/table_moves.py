"""A table that goes to another room with its rows: its name changes, and nothing in it."""

from __future__ import annotations

from typing import Any

from django.db.migrations import RunPython, SeparateDatabaseAndState
from django.db.migrations.state import ProjectState

from .tables import without_drawn_models


class Moved(SeparateDatabaseAndState):
    """Models that change their room. They are written into the state alone: all models are drawn once
    afterwards, and not anew for each of them (docs/decisions/0020)."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        without_drawn_models(state)
        super().state_forwards(app_label, state)


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
