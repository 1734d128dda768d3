"""Whether a worker lives. Pages that promise a clock ask here, and say so honestly when there is none."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import datetime, timedelta

from django.db.models import Max, Q
from django.db.models.functions import Coalesce

from security_center.foundation.clock import now, wall
from security_center.foundation.vault.provider import VaultLocked, of_key_file

from .models import Heartbeat

GONE_AFTER = timedelta(minutes=2)

# Made anew after a fork, so that two processes never share one name.
_own: dict[int, str] = {}


def worker_id() -> str:
    """This process's name among the workers."""
    process = os.getpid()
    if process not in _own:
        _own.clear()
        _own[process] = f"{socket.gethostname()[:24]}-{process}-{secrets.token_hex(6)}"
    return _own[process]


def act_for(worker: str, queue: str) -> None:
    """This process runs a queue for a worker: it lives as long as that one, gives no sign of life of its own,
    and whoever comes after it bears its name."""
    _own.clear()
    _own[os.getpid()] = f"{worker}/{queue}"


def beat() -> None:
    """Say that this worker lives."""
    moment = now()
    said = {"beat_at": moment, "wall_at": wall(), "key_file": _key_file()}
    Heartbeat.objects.update_or_create(
        worker=worker_id(),
        defaults=said,
        create_defaults={**said, "started_at": moment, "host": socket.gethostname(), "process": os.getpid()},
    )


def _key_file() -> str:
    try:
        return of_key_file().mark
    except VaultLocked:
        return ""


def machines_with_another_key_file() -> list[str]:
    """Hosts of other machines whose workers were heard within the day and have not the key file that lies
    here. Raises VaultLocked."""
    others = Heartbeat.objects.exclude(host=socket.gethostname()).exclude(key_file=of_key_file().mark)
    return sorted(set(others.values_list("host", flat=True)))


def say_goodbye() -> None:
    """A clean stop: others need not wait until this worker is counted as gone."""
    Heartbeat.objects.filter(worker=worker_id()).delete()


def last() -> datetime | None:
    """The latest sign of life of any worker, by its machine's clock."""
    found = Heartbeat.objects.aggregate(latest=Max(Coalesce("wall_at", "beat_at")))
    latest: datetime | None = found["latest"]
    return latest


def is_alive(minutes: int = 2) -> bool:
    """Whether one was heard lately. A sign from the future is none: a clock that was ahead would prove a dead
    worker alive.

    While a clock is not believed the worker and whoever asks count differently: they agree by the true time,
    or by the clock of the same machine."""
    moment, within = now(), timedelta(minutes=minutes)
    heard = (moment - within, moment + within)
    return Heartbeat.objects.filter(Q(beat_at__range=heard) | Q(wall_at__range=heard)).exists()


def other_living_workers() -> set[str]:
    """Other workers that have given a sign of life lately, but for those on this machine whose process has
    ended."""
    moment = now()
    fresh = Heartbeat.objects.filter(beat_at__gte=moment - GONE_AFTER, beat_at__lte=moment + GONE_AFTER)
    here = socket.gethostname()
    return {row.worker for row in fresh if row.host != here or _process_exists(row.process)} - {worker_id()}


def _process_exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def forget_old() -> None:
    moment, day = now(), timedelta(days=1)
    Heartbeat.objects.exclude(beat_at__gte=moment - day, beat_at__lte=moment + day).delete()
