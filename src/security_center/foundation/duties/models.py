"""Every obligation of a person, as one kind of thing, and each step of the clock that rang for it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization, Person

from . import machine

# A step that found nobody but those who look after the system: they cannot answer it.
ADMINISTRATORS_ONLY = "administrators_only"


class DutyQuerySet(models.QuerySet["Duty"]):
    def open(self) -> Self:
        return self.filter(state=machine.State.OPEN)

    def late(self, at: datetime | None = None) -> Self:
        """Open, and past its moment at `at` (now). Never stored: true even while the worker is down."""
        return self.open().filter(due_at__lt=at or now())


class Duty(models.Model):
    """Something that a person must do by a moment. kind: "reporting.acknowledge". thing: "report:7F3K2M".

    `step` is the number of the next step of the ladder, `next_step_at` when it is due (also for repeats after
    the last rung)."""

    State = machine.State

    kind = models.CharField(max_length=64)
    thing = models.CharField(max_length=96)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="duties")
    holder = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="held_duties"
    )
    urgency = models.CharField(max_length=4, blank=True)
    path = models.CharField(max_length=200, blank=True)
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ladder = models.JSONField()
    step = models.PositiveIntegerField(default=0)
    next_step_at = models.DateTimeField()
    repeat_minutes = models.PositiveIntegerField(default=machine.REPEAT_MINUTES)
    state = models.CharField(max_length=10, choices=machine.State.choices, default=machine.State.OPEN)
    discharged_at = models.DateTimeField(null=True, blank=True)
    discharged_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=64, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "duties"
        constraints: ClassVar = [
            models.CheckConstraint(name="duty_repeats", condition=models.Q(repeat_minutes__gte=1)),
            models.CheckConstraint(
                name="duty_open_or_ended",
                condition=models.Q(state="open", discharged_at__isnull=True)
                | (~models.Q(state="open") & models.Q(discharged_at__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            # Only open ones: a state has millions of ended duties, and the worker looks every second.
            models.Index(fields=["next_step_at"], condition=models.Q(state="open"), name="duty_next_step"),
            models.Index(
                fields=["organization", "due_at"], condition=models.Q(state="open"), name="duty_due"
            ),
            models.Index(fields=["holder", "due_at"], condition=models.Q(state="open"), name="duty_held"),
            models.Index(fields=["thing"], name="duty_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.thing}"

    def is_late(self, at: datetime | None = None) -> bool:
        return machine.is_late(state=self.state, due_at=self.due_at, at=at or now())

    def rungs(self) -> tuple[machine.Rung, ...]:
        return machine.ladder_from_json(self.ladder)

    def number(self) -> str:
        """The part of `thing` behind its colon: a report's number."""
        return self.thing.partition(":")[2]


class DutyStep(models.Model):
    """One ringing of a duty: when it was due, when it was sent, and who was told."""

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    audience = models.CharField(max_length=64)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField()
    late = models.BooleanField(default=False)
    told = models.ManyToManyField(Person, related_name="+")
    # "", "nobody_available", "unknown_audience", "audience_failed", "whoever_is_left", …
    note = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["duty", "number"], name="each_step_once")]

    def __str__(self) -> str:
        return f"step {self.number} of duty {self.duty_id}"


class Heartbeat(models.Model):
    """The last sign of life of one worker process."""

    worker = models.CharField(max_length=64, primary_key=True)
    host = models.CharField(max_length=255, blank=True)
    process = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)  # by the believed time, which this worker lives by
    wall_at = models.DateTimeField(null=True, blank=True)  # by its machine's clock, right or wrong
    key_file = models.CharField(max_length=16, blank=True, default="")  # mark of the one that its machine has

    def __str__(self) -> str:
        return self.worker


class Job(models.Model):
    """A task that somebody waits for: how far it is and how it ended (jobs.py). It outlives its row in the
    queue."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    task = models.UUIDField(primary_key=True)  # of the queue's row
    thing = models.CharField(max_length=96)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)  # 0 where nobody knows
    started_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=80, blank=True)  # the class of the exception, never its text

    def __str__(self) -> str:
        return f"job {self.thing}"


class PeriodicRun(models.Model):
    """When a periodic job is due next, and which worker has it now. One row per job is what makes it run once
    among many workers."""

    name = models.CharField(max_length=80, primary_key=True)
    due_at = models.DateTimeField()
    worker = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    last_error = models.CharField(max_length=80, blank=True)  # the class of the exception, never its text

    def __str__(self) -> str:
        return self.name
