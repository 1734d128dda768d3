"""What is broken about the machine, its database file and its stored texts, each with the way to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from security_center.foundation.clock import now
from security_center.foundation.duties import heartbeat
from security_center.foundation.duties import queries as duties
from security_center.foundation.ledger import queries as ledger
from security_center.foundation.sqlite import damage
from security_center.foundation.timekeeping import queries as timekeeping
from security_center.foundation.vault import damage as values
from security_center.foundation.vault import provider as vault
from security_center.foundation.web import health

from .backup import last_backup

BACKUP_AFTER = timedelta(days=1)
SIGNED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Broken:
    """key: stable, for tests and links. grave: somebody may wait in vain because of it; such come first."""

    key: str
    title: str
    text: str
    url: str
    action: str
    grave: bool = False


def _hour(moment: datetime) -> str:
    """On the wall clock of whoever reads."""
    return date_format(localtime(moment), "DATETIME_FORMAT")


def mend(key: str) -> str:
    return reverse("center:mend", args=[key])


def of_the_values() -> Iterator[Broken]:
    met = values.since()
    if met is not None:
        text = _("The page where it stands says so, and shows the rest. Last met: %(at)s") % {
            "at": _hour(met)
        }
        yield Broken(
            "damaged_value",
            _("A stored text is damaged"),
            text,
            mend("damaged_value"),
            _("What to do"),
            grave=True,
        )


def of_the_file() -> Iterator[Broken]:
    met = damage.since()
    if met is None:
        return
    backup = last_backup()
    text = _("What can be read is shown. First met: %(at)s") % {"at": _hour(met)}
    text += " · " + (
        _("The last whole backup: %(at)s") % {"at": _hour(backup)}
        if backup
        else _("No backup was ever made.")
    )
    yield Broken(
        "damage",
        _("A part of the database’s file is damaged: run ./ssc repair"),
        text,
        mend("damage"),
        _("What to do"),
        grave=True,
    )


def of_the_machine() -> Iterator[Broken]:
    how = _("What to do")
    alive = heartbeat.is_alive()
    if not alive:
        last = heartbeat.last()
        text = _("It was never heard.") if last is None else _("Last heard: %(at)s") % {"at": _hour(last)}
        title = _("The worker is not running: nobody is alerted")
        yield Broken("worker", title, text, mend("worker"), how, grave=True)
    if not vault.is_open():
        text = _("Reports are still taken and kept sealed, but nobody can read them.")
        yield Broken("key", _("The vault’s key file is missing"), text, mend("key"), how, grave=True)
    if full := health.disk():
        yield Broken("disk", _("The disk is full"), full, mend("disk"), how, grave=True)
    watch = timekeeping.distrusted()
    if watch is not None:
        text = _("It stood %(span)s off. Nothing is destroyed or published until the time is right.") % {
            "span": _span(watch.jump_seconds)
        }
        text += " " + _("Alerts go on.") if alive else ""
        yield Broken(
            "clock", _("The clock of the system is not believed"), text, mend("clock"), how, grave=True
        )
    backup = last_backup()
    if backup is None:
        text = _("If this machine breaks, every report is lost.")
        yield Broken("backup", _("No backup was ever made"), text, mend("backup"), how)
    elif backup < now() - BACKUP_AFTER:
        text = _("The last one was finished: %(at)s") % {"at": _hour(backup)}
        yield Broken("backup", _("The last backup is older than a day"), text, mend("backup"), how)
    state = ledger.state()
    if (
        state.last_at is not None
        and state.signed_sequence < state.last_sequence
        and _unsigned_for_long(state)
    ):
        text = _("There are entries up to %(last)d; those up to %(signed)d are signed.") % {
            "last": state.last_sequence,
            "signed": state.signed_sequence,
        }
        yield Broken(
            "ledger",
            _("The ledger is not being signed"),
            text,
            reverse("center:ledger"),
            _("Look at the ledger"),
        )
    failing = list(duties.failing_jobs())
    if any(duties.found_ledger_broken(job) for job in failing):
        text = _("Keep a copy of the data folder as it is now, before anything else.")
        yield Broken(
            "ledger_changed",
            _("The ledger is not as it was signed"),
            text,
            reverse("center:ledger"),
            _("Look at the ledger"),
            grave=True,
        )
    if unproved := ledger.without_copy_elsewhere():
        yield Broken(
            "ledger_copy",
            _("The ledger’s signatures are on this machine only"),
            unproved,
            mend("ledger_copy"),
            how,
        )
    jobs, tasks = [job.name for job in failing], duties.failed_tasks(days=7)
    if jobs or tasks:
        text = _("Jobs that fail: %(jobs)s. Tasks given up in seven days: %(tasks)d.") % {
            "jobs": ", ".join(jobs) or "0",
            "tasks": tasks,
        }
        yield Broken("jobs", _("Work of the worker fails"), text, mend("jobs"), how)


def _span(seconds: int) -> str:
    """“1 year, 1 month”, in the language of the page."""
    return timesince(now() - timedelta(seconds=abs(seconds)), now())


def _unsigned_for_long(state: ledger.State) -> bool:
    """Signing runs each minute. An entry of this minute is no alarm; one that stands unsigned while the last
    signature is old is."""
    last_sign = state.signed_at
    waiting_since = last_sign if last_sign is not None else state.last_at
    return waiting_since is not None and waiting_since < now() - SIGNED_WITHIN
