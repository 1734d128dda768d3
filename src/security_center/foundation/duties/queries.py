"""What can be read of duties. Rooms above decide what of it a person may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Expression, Min, OuterRef, Q, QuerySet

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Person

from .models import ADMINISTRATORS_ONLY, Duty, DutyQuerySet, DutyStep, PeriodicRun

Places = Iterable[Organization] | QuerySet[Organization]


def open_for(person: Person) -> DutyQuerySet:
    """Open duties that wait for this person: in their hands, or in nobody's hands while they have been told.
    The most pressing first."""
    told = DutyStep.told.through.objects.filter(dutystep__duty=OuterRef("pk"), person=person)
    mine = Q(holder=person) | (Q(holder__isnull=True) & Exists(told))
    return Duty.objects.open().filter(mine).select_related("organization").order_by("due_at", "pk")


def open_about(thing: str, kind: str | None = None) -> DutyQuerySet:
    """Open duties about `thing` ("report:7F3K2M"), of one kind or all."""
    found = Duty.objects.open().filter(thing=thing)
    return found.filter(kind=kind) if kind else found


def open_about_any(things: Iterable[str]) -> DutyQuerySet:
    """Open duties about any of these things, the most pressing first."""
    return (
        Duty.objects.open().filter(thing__in=list(things)).select_related("holder").order_by("due_at", "pk")
    )


def is_open_about(thing: Expression) -> Exists:
    """For a list of things: whether an open duty is about the one that `thing` names in the outer query."""
    return Exists(Duty.objects.open().filter(thing=thing))


def late(organizations: Places) -> DutyQuerySet:
    """Duties of these organizations that are past their moment now, the oldest first."""
    return (
        Duty.objects.late()
        .filter(organization__in=organizations)
        .select_related("organization", "holder")
        .order_by("due_at", "pk")
    )


@dataclass(frozen=True)
class Counts:
    open: int
    late: int
    ringing_for_nobody: int  # open, has rung, and no step found anybody who may answer


def counts(organizations: Places) -> Counts:
    here = Duty.objects.open().filter(organization__in=organizations)
    return Counts(
        open=here.count(),
        late=here.late().count(),
        ringing_for_nobody=ringing_for_nobody(organizations).count(),
    )


def ringing_for_nobody(organizations: Places) -> DutyQuerySet:
    """Open duties without a holder that have rung and reached nobody who is still there and may answer: a
    vacancy that a person must mend."""
    told = DutyStep.told.through.objects.filter(dutystep__duty=OuterRef("pk"), person__is_active=True)
    told = told.exclude(dutystep__note=ADMINISTRATORS_ONLY)
    here = Duty.objects.open().filter(
        Q(holder__isnull=True) | Q(holder__is_active=False), organization__in=organizations, step__gt=0
    )
    return here.filter(~Exists(told)).order_by("due_at", "pk")


def steps_of(duty: Duty) -> QuerySet[DutyStep]:
    """The log of a duty: each ringing with when it was due, when it was sent, and to whom."""
    return duty.steps.prefetch_related("told").order_by("number")


def oldest_step_due() -> datetime | None:
    """When the most overdue step of any open duty was due, or the next one will be."""
    due: datetime | None = Duty.objects.open().aggregate(due=Min("next_step_at"))["due"]
    return due


def late_by_urgency() -> dict[str, int]:
    """How many open duties of the whole installation are past their moment, by urgency ("" for those without
    one)."""
    rows = Duty.objects.late().values("urgency").annotate(late=Count("pk")).order_by("urgency")
    return {row["urgency"]: row["late"] for row in rows}


@dataclass(frozen=True)
class QueueState:
    """ready: tasks that may run now. oldest: since when the oldest of them waits."""

    ready: int
    oldest: datetime | None


def queue_state() -> QueueState:
    from django_tasks_db.models import DBTaskResult

    found = DBTaskResult.objects.ready().order_by().aggregate(ready=Count("pk"), oldest=Min("enqueued_at"))
    return QueueState(found["ready"], found["oldest"])


def ledger_is_broken() -> bool:
    """Whether the worker has found, at its last look, that the ledger is not as it was signed."""
    return any(found_ledger_broken(job) for job in failing_jobs())


def found_ledger_broken(job: PeriodicRun) -> bool:
    return job.name.startswith("ledger.") and job.failures > 0 and job.last_error == "LedgerBroken"


def failing_jobs() -> QuerySet[PeriodicRun]:
    """Periodic jobs whose last run failed."""
    return PeriodicRun.objects.filter(failures__gt=0).order_by("name")


def failed_tasks(days: int = 30) -> int:
    """Tasks that were given up after all their attempts."""
    from django_tasks_db.models import DBTaskResult

    return DBTaskResult.objects.failed().filter(finished_at__gt=now() - timedelta(days=days)).count()
