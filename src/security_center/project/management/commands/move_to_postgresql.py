"""`DATABASE_URL=… ./ssc manage move_to_postgresql`: the embedded database goes into PostgreSQL, while nothing
runs."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from security_center.center import database_move
from security_center.foundation.vault.provider import VaultLocked
from security_center.project import data_folder, database_server, preparation


class Command(BaseCommand):
    help = (
        "Carry everything from the embedded database into the empty PostgreSQL database that "
        "DATABASE_URL names, and compare it."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        folder = Path(settings.SSC_DATA)
        try:
            with data_folder.held(folder):
                if connection.vendor == "postgresql":
                    database_server.ask(settings.DATABASE_URL)
                    preparation.make_tables()
                moved = database_move.move(
                    lambda sentence: self.stdout.write(f"ssc: carried over {sentence}")
                )
        except (
            data_folder.DataFolderInUse,
            data_folder.DataFolderUnusable,
            database_move.CannotMove,
        ) as refusal:
            raise CommandError(str(refusal)) from refusal
        except (database_server.NoAnswer, database_server.Refused) as fault:
            raise CommandError(f"{fault} Nothing was carried over.") from fault
        except VaultLocked as locked:
            raise CommandError(
                "The vault's key is missing, so nothing can be opened to compare. Put keys/vault.key back."
            ) from locked
        except DatabaseError as error:
            raise CommandError(
                f"The database did not do it ({type(error).__name__}). Run the same command again: "
                "it goes on where it stopped."
            ) from error
        self.stdout.write(
            f"ssc: {moved.rows:,} rows of {moved.tables} tables are in PostgreSQL, each compared; "
            f"{moved.sealed_values:,} sealed values opened; "
            "the ledger is whole.\n     Start with the same DATABASE_URL from now on. The old "
            "database lies in the data folder as "
            "center.sqlite3.moved: delete it after the next backup."
        )
