"""Is this program ready to do its work? Other rooms add their own checks."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from security_center.foundation.sqlite import damage

logger = logging.getLogger(__name__)

Check = Callable[[], str]


@dataclass(frozen=True)
class _Registered:
    check: Check
    programs: tuple[str, ...]


_checks: dict[str, _Registered] = {}


def register(name: str, check: Check, programs: tuple[str, ...] = ("public", "staff")) -> None:
    """Adds a check to `/readyz` of the named programs. It returns "" when all is well, else a sentence that
    says what to do."""
    _checks[name] = _Registered(check, programs)


def results(program: str = "") -> dict[str, str]:
    """Each check's sentence, "" for well. A check that breaks counts as failed; its message is not repeated
    (it may hold data)."""
    program = program or settings.SSC_PROGRAM
    found: dict[str, str] = {}
    for name, registered in _checks.items():
        if program not in registered.programs and program != "manage":
            continue
        try:
            found[name] = registered.check()
        except Exception:
            logger.exception("readiness check %s broke", name)
            found[name] = _("This could not be checked. The log says where it broke.")
    return found


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return _("The database does not answer.")
    return ""


def worker() -> str:
    """The worker carries the clocks: without it nobody is alerted, and the staff side must say so."""
    from security_center.foundation.duties import heartbeat

    return (
        ""
        if heartbeat.is_alive(minutes=2)
        else _("The worker has not been heard for two minutes. Nobody is being alerted: start it again.")
    )


def vault() -> str:
    from security_center.foundation.vault import checks, provider

    if not provider.is_open():
        return _(
            "The key file is missing. Reports are still taken in, but nobody can open them until it "
            "is put back."
        )
    try:
        checks.selftest()
    except checks.SelfTestFailed:
        return _(
            "The key file does not fit this data. Put the right one back: until then nobody can "
            "open a report."
        )
    return ""


def disk() -> str:
    """Text may use the last of the disk, files may not (foundation/vault/files.py): below that reserve
    nothing can be promised any more."""
    from security_center.foundation.vault.files import RESERVE

    free = shutil.disk_usage(settings.SSC_DATA).free
    return (
        ""
        if free >= RESERVE
        else _("The disk is full. Make room at once: soon reports can no longer be stored.")
    )


def ledger() -> str:
    from security_center.foundation.duties import queries as duties

    return (
        _("The ledger is not as it was signed. Keep a copy of the data folder, and run ./ssc verify-ledger.")
        if duties.ledger_is_broken()
        else ""
    )


def clock() -> str:
    """Alerts go on by the seconds that the machine runs, but nobody may take for granted what a page says of
    days and hours."""
    from security_center.foundation.timekeeping.queries import distrusted

    return (
        ""
        if distrusted() is None
        else _(
            "The clock jumped. Set it right, then say so on the first page: until then nothing is destroyed."
        )
    )


def damaged() -> str:
    return (
        ""
        if damage.since() is None
        else _("A part of the database’s file is damaged. What can be read is served. Run ./ssc repair.")
    )


register("database", database)
register("damage", damaged, programs=("staff",))
register("disk", disk)
register("ledger", ledger, programs=("staff",))
register("worker", worker, programs=("staff",))
register("clock", clock, programs=("staff",))
register("vault", vault, programs=("staff",))
