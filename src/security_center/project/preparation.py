"""`python -m security_center.project.preparation`: makes the data ready before the programs start. Run by the
supervisor, which holds the folder.

Every step is safe to repeat: a start that was cut off is completed by the next one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlparse

from . import parentage

PREPARING = 0x55C0  # the advisory lock of PostgreSQL that a starting machine takes


def say(sentence: str) -> None:
    print(f"ssc: {sentence}", flush=True)


@contextlib.contextmanager
def one_machine_at_a_time() -> Iterator[None]:
    """Two machines that start at one moment must not both make the tables. The lock falls with its
    connection, however this ends."""
    from django.db import connection

    if connection.vendor != "postgresql":
        yield  # the folder's lock has seen to it
        return
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [PREPARING])
        yield
    finally:
        own.close()


def mark_shared_files() -> None:
    """Raises CommandError where SSC_FILES_DIR names another installation's folder, or an empty one though
    there are files."""
    from django.conf import settings
    from django.core.management import CommandError

    from security_center.foundation.ledger import queries as ledger
    from security_center.foundation.vault import files

    if not settings.SSC_FILES_DIR:
        return
    ours = ledger.first_hash()
    if files.mark().is_file():
        if ours and files.mark().read_text(encoding="ascii", errors="replace") != ours:
            raise CommandError(
                f"the folder {files.folder()} belongs to another installation: set SSC_FILES_DIR to "
                "this one's."
            )
    elif _has_files() and not any(files.folder().glob("??/*")):
        raise CommandError(
            f"the folder {files.folder()} is empty, but this installation has files. Is it mounted? "
            "For a first move, copy them there."
        )
    elif ours:
        files.mark().write_text(ours, encoding="ascii")


def _has_files() -> bool:
    from django.apps import apps
    from django_scopes import scopes_disabled

    from security_center.foundation.vault.attached import AttachedFile

    with scopes_disabled():
        kinds = [model for model in apps.get_models() if issubclass(model, AttachedFile)]
        return any(model._base_manager.filter(file_id__isnull=False).exists() for model in kinds)


def make_tables() -> None:
    from django.conf import settings
    from django.core.management import CommandError, call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # Once: the file remembers it. Never mmap, see settings.py.
            cursor.execute("PRAGMA journal_mode=WAL")
    executor = MigrationExecutor(connection)
    if stuck := set(executor.loader.disk_migrations) - set(executor.loader.graph.nodes):
        rooms = ", ".join(sorted(app for app, _name in stuck))
        raise CommandError(
            f"This data stopped between two versions ({rooms}), so its tables cannot be carried on. "
            "Restore the last backup."
        )
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("bringing the database up to date …")
        call_command("migrate", interactive=False, verbosity=0)
    absent = set(settings.SSC_COUNTER_TABLES.values()) - set(connection.introspection.table_names())
    if absent:
        call_command("createcachetable", *sorted(absent), verbosity=0)
    role = unquote(urlparse(settings.SSC_PUBLIC_DATABASE_URL).username or "")
    if role:
        # At each start: an upgrade may have brought a new column
        call_command("public_role", role, execute=True, verbosity=0)


def make_key_file() -> None:
    """On the first start only. A key file that is missing beside existing data is never made anew: it would
    look like a repair and open nothing.

    The ledger tells a first start from a later one: its first entry is written after the key was made.
    """
    from django.conf import settings

    from security_center.foundation import vault
    from security_center.foundation.ledger import queries as ledger
    from security_center.foundation.vault import provider
    from security_center.foundation.vault.checks import SelfTestFailed

    file = settings.SSC_DATA / "keys" / "vault.key"
    if file.exists():
        if not provider.is_open():
            say(f"WARNING: the vault's key {file} cannot be read or is damaged. {_WITHOUT_KEY}")
            return
        try:
            vault.selftest()
        except SelfTestFailed as failed:
            say(f"WARNING: {failed} {_WITHOUT_KEY}")
        return
    try:
        if ledger.state().last_sequence:
            raise provider.KeyFileMissing
        provider.create_key_file()
    except provider.KeyFileMissing:
        say(f"WARNING: the vault's key {file} is missing. {_WITHOUT_KEY}")
    else:
        say(
            f"the vault's key was made: {file}. Copy it now to a safe place away from this machine: "
            "without it nothing can be read."
        )


_WITHOUT_KEY = (
    "Reports are still taken in and kept sealed, but nobody can read them until the key is put back "
    "from its backup (see docs/operations.md). "
    "No new key is made: it could open nothing."
)


def static_digest() -> str:
    from django import get_version
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(get_version().encode())
    for finder in get_finders():
        for path, storage in finder.list(None):
            state = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_static() -> None:
    from django.conf import settings
    from django.core.management import call_command

    stamp = settings.SSC_DATA / "static.stamp"
    wanted = static_digest()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted and settings.STATIC_ROOT.is_dir():
        return
    stamp.unlink(missing_ok=True)
    shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted, encoding="ascii")


def tell_unsafe_combinations() -> bool:
    """Prints each finding of the system checks as a sentence; true when one of them is an error."""
    from django.core import checks

    serious = False
    for found in checks.run_checks():
        if found.is_silenced() or found.level < checks.WARNING:
            continue
        serious = serious or found.is_serious()
        hint = f" {found.hint}" if found.hint else ""
        say(f"{'ERROR' if found.is_serious() else 'note'}: {found.msg}{hint}")
    return serious


def welcome() -> None:
    from django.conf import settings
    from django.core.management import call_command

    if settings.SSC_DEMO:
        call_command("demo_data")
        return
    from security_center.foundation.organizations.actions import first_administrator_link

    path = first_administrator_link()
    if path:
        say(
            "nobody administers this system yet. Open this link, it works once:  "
            f"{settings.SSC_STAFF_URL}{path}"
        )


def _data_lies_elsewhere() -> str:
    """After a move to PostgreSQL: a start without it would begin with an empty house, one with half of it
    would lose what is not there yet."""
    from django.conf import settings

    from security_center.center.database_move import UNFINISHED, embedded_file, moved_file

    unfinished = settings.SSC_DATA / UNFINISHED
    if not settings.DATABASE_URL:
        # The embedded database goes on, so what was carried over is of yesterday
        unfinished.unlink(missing_ok=True)
        if moved_file().exists() and not embedded_file().exists():
            return (
                "the data of this folder was moved to PostgreSQL: set DATABASE_URL. To go back to the "
                f"day of the move, rename {moved_file().name}."
            )
    elif unfinished.exists():
        return (
            "the move to PostgreSQL was cut off: run ./ssc manage move_to_postgresql again, it goes on "
            "where it stopped."
        )
    elif _holds_somebody(embedded_file()) and not _database_holds_somebody():
        return (
            "what was entered so far lies in the embedded database of this folder, and the one that "
            "DATABASE_URL names is empty. "
            "Run ./ssc manage move_to_postgresql, or start without DATABASE_URL."
        )
    return ""


def _holds_somebody(embedded: Path) -> bool:
    """Whether the embedded database has people in it. One that a command began by mistake has none."""
    if not embedded.exists():
        return False
    with (
        contextlib.closing(sqlite3.connect(f"file:{embedded}?mode=ro", uri=True)) as opened,
        contextlib.suppress(sqlite3.Error),
    ):
        return opened.execute("SELECT 1 FROM organizations_person LIMIT 1").fetchone() is not None
    return False


def _database_holds_somebody() -> bool:
    from django.db import connection

    from security_center.foundation.organizations.models import Person

    return Person._meta.db_table in connection.introspection.table_names() and Person.objects.exists()


def main() -> int:
    parentage.die_with_the_one_named_in("SSC_SUPERVISOR_PROCESS")
    # What is made here (pages' scripts, translations) the group may read and not change: else a public
    # program that was taken over could have its script served to the staff.
    os.umask(os.umask(0o077) | 0o022)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "security_center.project.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import CommandError
    from django.db import DatabaseError

    from . import data_folder, database_server, translations

    if unusable := data_folder.unusable(settings.SSC_DATA, write=True):
        say(unusable)
        return 2
    if (settings.SSC_DATA / "restore-unfinished").exists():
        say(
            f"the restore into {settings.SSC_DATA} was cut off, so not all of it is there. Restore "
            "again into a new folder."
        )
        return 2
    if refused := database_server.refusal(settings.DATABASE_URL):
        say(refused)
        return 2
    try:
        if where := _data_lies_elsewhere():
            say(where)
            return 2
        if tell_unsafe_combinations():
            return 2
        with one_machine_at_a_time():
            make_tables()
            make_key_file()
            translations.compile_stale()
            collect_static()
            welcome()
            mark_shared_files()
    except DatabaseError as error:
        where = (
            "the database that DATABASE_URL names"
            if settings.DATABASE_URL
            else f"the database in {settings.SSC_DATA}"
        )
        say(f"{where} cannot be used: {str(error).strip().splitlines()[0]}")
        return 2
    except CommandError as error:
        say(str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
