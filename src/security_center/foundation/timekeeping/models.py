"""What the worker of one machine believes of the time, so that a jump of the wall clock is seen across
restarts too."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from .machine import Belief


class ClockWatch(models.Model):
    """One row a machine. See machine.py for what the moments mean; `elapsed` counts seconds within `boot`."""

    host = models.CharField(max_length=255, primary_key=True)
    boot = models.CharField(max_length=64)
    elapsed = models.FloatField()
    believed_at = models.DateTimeField()
    sure_at = models.DateTimeField()
    after_pause = models.BooleanField(default=False)
    distrusted_since = models.DateTimeField(null=True, blank=True)
    # How far the wall clock stood off when it was last found wrong
    jump_seconds = models.BigIntegerField(default=0)
    # A second source said that it is this time; the worker takes it up and empties it
    proved_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "clock watches"

    def __str__(self) -> str:
        return f"clock of {self.host}"

    @property
    def belief(self) -> Belief:
        jump = timedelta(seconds=self.jump_seconds)
        return Belief(
            self.boot,
            self.elapsed,
            self.believed_at,
            self.sure_at,
            self.distrusted_since,
            jump,
            self.after_pause,
        )
