"""How this installation is doing, as numbers: no name, no school, no word of a report. Metrics, `/readyz` and
`./ssc doctor` read the same ones."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from security_center.foundation.clock import now
from security_center.foundation.duties import heartbeat
from security_center.foundation.duties import queries as duties
from security_center.foundation.ledger import queries as ledger
from security_center.foundation.notifications import queries as notifications
from security_center.foundation.vault import provider as vault
from security_center.reporting import queries as reporting

from .backup import last_backup

# An alert that is this late says that the worker, though alive, does not keep up: the first rung of life and
# death is the next after five minutes.
ALERTS_LATE = timedelta(minutes=5)
MAIL_LATE = timedelta(minutes=15)
BACKUP_LATE = timedelta(days=2)


@dataclass(frozen=True)
class Gauge:
    """One number. by: the label and its values, where there are several."""

    name: str
    help: str
    value: float = 0.0
    label: str = ""
    by: dict[str, float] | None = None


def seconds_since(moment: datetime | None) -> float:
    """Seconds from `moment` to now; not-a-number where there is no such moment, which an alert rule can tell
    from zero."""
    return float("nan") if moment is None else (now() - moment).total_seconds()


def alerts_behind() -> timedelta:
    """By how much the most overdue step of any duty is late; zero where none is."""
    oldest = duties.oldest_step_due()
    return timedelta(0) if oldest is None else max(timedelta(0), now() - oldest)


def outside_copy_age() -> float:
    """Seconds since the ledger's copy outside the data folder was last written to; not-a-number where there
    is none."""
    try:
        written = ledger.outside_copy_at()
    except OSError:
        written = None
    return seconds_since(written)


def gauges() -> list[Gauge]:
    disk = shutil.disk_usage(settings.SSC_DATA)
    state = ledger.state()
    late = duties.late_by_urgency()
    unsent = notifications.unsent()
    queue = duties.queue_state()
    return [
        Gauge(
            "ssc_clock_seconds",
            "The wall clock of this machine, to be compared with the scraper's own.",
            now().timestamp(),
        ),
        Gauge(
            "ssc_worker_last_heard_seconds",
            "Seconds since any worker gave a sign of life.",
            seconds_since(heartbeat.last()),
        ),
        Gauge(
            "ssc_alerts_behind_seconds",
            "By how much the most overdue alert is late.",
            alerts_behind().total_seconds(),
        ),
        Gauge(
            "ssc_duties_late",
            "Open duties past their moment, by urgency.",
            label="urgency",
            by={name or "none": n for name, n in late.items()},
        ),
        Gauge(
            "ssc_reports_undecided",
            "Reports past their clock without a human decision. It must be zero.",
            reporting.undecided_everywhere(),
        ),
        Gauge("ssc_queue_ready", "Tasks of the worker that may run now.", queue.ready),
        Gauge(
            "ssc_queue_age_seconds",
            "How long the oldest of them has waited.",
            seconds_since(queue.oldest) if queue.oldest else 0.0,
        ),
        Gauge("ssc_queue_given_up", "Tasks given up in the last seven days.", duties.failed_tasks(days=7)),
        Gauge("ssc_jobs_failing", "Periodic jobs whose last run failed.", len(duties.failing_jobs())),
        Gauge(
            "ssc_mail_configured", "1 where a mail server is set up.", float(notifications.mail_is_set_up())
        ),
        Gauge(
            "ssc_mail_waiting", "Alerts that have not left yet, by e-mail or another channel.", unsent.waiting
        ),
        Gauge(
            "ssc_mail_age_seconds",
            "How long the oldest of them has waited.",
            seconds_since(unsent.oldest) if unsent.oldest else 0.0,
        ),
        Gauge(
            "ssc_backup_age_seconds", "Seconds since the last finished backup.", seconds_since(last_backup())
        ),
        Gauge("ssc_disk_free_bytes", "Bytes free where the data folder lies.", disk.free),
        Gauge("ssc_disk_size_bytes", "Size of that disk.", disk.total),
        Gauge("ssc_vault_open", "1 while the vault's key file is there.", float(vault.is_open())),
        Gauge("ssc_ledger_entries", "Entries of the ledger.", state.last_sequence),
        Gauge(
            "ssc_ledger_unsigned_entries",
            "Entries that no signature covers yet.",
            state.last_sequence - state.signed_sequence,
        ),
        Gauge(
            "ssc_ledger_signed_age_seconds",
            "Seconds since the ledger's head was last signed.",
            seconds_since(state.signed_at),
        ),
        Gauge(
            "ssc_ledger_outside_copy_age_seconds",
            "Seconds since the copy of the signed heads outside was written.",
            outside_copy_age(),
        ),
    ]


# --- what /readyz asks, each "" for well
# -----------------------------------------------------------------------------


def alerts_on_time() -> str:
    behind = alerts_behind()
    if behind <= ALERTS_LATE:
        return ""
    minutes = int(behind.total_seconds() // 60)
    return ngettext(
        "Alerts are %(minutes)d minute late.", "Alerts are %(minutes)d minutes late.", minutes
    ) % {"minutes": minutes}


def mail_leaves() -> str:
    """Whether e-mail leaves at all. One mailbox that refuses is no matter of the machine; the administrator's
    home names it."""
    unsent = notifications.unsent()
    if (
        unsent.oldest is None
        or unsent.oldest > now() - MAIL_LATE
        or (unsent.last_sent is not None and unsent.last_sent > now() - MAIL_LATE)
    ):
        return ""
    sentence = ngettext(
        "No e-mail has left for 15 minutes; %(count)d waits.",
        "No e-mail has left for 15 minutes; %(count)d wait.",
        unsent.waiting,
    )
    return sentence % {"count": unsent.waiting}


def backup_is_fresh() -> str:
    """An installation of its first two days may still have none."""
    last = last_backup() or ledger.first_at()
    if last is None or last > now() - BACKUP_LATE or settings.SSC_DEMO:
        return ""
    return _("There is no backup of the last two days.")
