"""A list of moments, each with what is done then, played in order under the set clock."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from security_center.foundation.clock import clock_at
from security_center.foundation.duties.actions import advance_due_steps
from security_center.foundation.duties.models import Duty
from security_center.foundation.notifications.actions import mark_read
from security_center.foundation.notifications.models import Message

Act = Callable[[], None]


@dataclass(kw_only=True)
class Timeline:
    """until: the end; what would be done later is left out."""

    until: datetime
    queue: list[tuple[datetime, int, Act]] = field(default_factory=list)
    order: itertools.count[int] = field(default_factory=itertools.count)

    def at(self, moment: datetime, act: Act) -> None:
        if moment < self.until:
            heapq.heappush(self.queue, (moment, next(self.order), act))

    def play(self) -> None:
        """Run every act at its moment; in between, the clocks of duties ring as the worker would make
        them."""
        while self.queue:
            moment, _order, act = heapq.heappop(self.queue)
            self._ring_until(moment)
            with clock_at(moment):
                act()
        self._ring_until(self.until)
        self._read_inboxes()

    def _ring_until(self, moment: datetime) -> None:
        for _turn in range(400):
            due = (
                Duty.objects.open()
                .filter(next_step_at__lte=moment)
                .order_by("next_step_at")
                .values_list("next_step_at", flat=True)
                .first()
            )
            if due is None:
                return
            with clock_at(max(due, moment - timedelta(days=200))):
                advance_due_steps()

    def _read_inboxes(self) -> None:
        """People read their mail: of what is done, nothing stays new, and of what still rings only the last
        alert."""
        ringing = set(Duty.objects.open().values_list("pk", flat=True))
        seen: set[tuple[int, int]] = set()
        for message in Message.objects.filter(read_at__isnull=True).select_related("person").order_by("-pk"):
            about = (message.person_id, message.duty_id or 0)
            if message.created_at > self.until - timedelta(days=1) and not message.duty_id:
                continue
            if message.duty_id in ringing and about not in seen:
                seen.add(about)
                continue
            mark_read(actor=message.person, message=message)
