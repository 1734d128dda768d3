"""Writers of the embedded database take turns before they ask SQLite for its lock.

SQLite lets one writer in at a time and makes the others sleep ever longer before they try again: under a
surge some wait for seconds while the lock lies free, and one of three programs can starve the others. Here a
transaction first takes its turn, in its process and then among the programs, and finds SQLite's lock free. A
turn falls with its process, however that ends. Statements outside of a transaction go on as Django has them.
"""

from __future__ import annotations

import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.sqlite3 import base

from .turns import Turn, turn_of


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but a transaction holds a turn from BEGIN to COMMIT or ROLLBACK."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held: Turn | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Deleted content is overwritten, whatever the SQLite at hand was built with: what was shredded must
        not lie in free pages."""
        made = super().get_new_connection(conn_params)
        if made.execute("PRAGMA secure_delete=ON").fetchone() != (1,):
            made.close()
            raise ImproperlyConfigured(
                "This SQLite does not overwrite what is deleted (secure_delete). Use another build of it."
            )
        return made

    def _start_transaction_under_autocommit(self) -> None:
        if self._held is None and not self.is_in_memory_db():
            options = self.settings_dict["OPTIONS"]
            rests = float(self.settings_dict.get("RESTS", 0.0))
            turn = turn_of(os.fspath(self.settings_dict["NAME"]), float(options.get("timeout", 20)), rests)
            turn.take()
            self._held = turn
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._give()
            raise

    def _commit(self) -> None:
        super()._commit()
        self._give()  # after a failed COMMIT the transaction is still open: its ROLLBACK gives the turn

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._give()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._give()

    def _give(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.give()
