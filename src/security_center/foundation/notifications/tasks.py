"""What the worker does for notifications: hand messages to their channel."""

from __future__ import annotations

from datetime import timedelta

from django.tasks import task

from security_center.foundation.clock import wall

from . import delivery
from .models import Delivery, Message

MOST_TOGETHER = 50  # over one connection
SECONDS_TOGETHER = 5.0  # an urgent message waits for no longer batch
AGAIN = timedelta(seconds=10)

# In the queue. An announcement goes to many, and one administrator causes thousands of them: whoever has to
# do something for a report comes first.
PRIORITIES = URGENT, TO_BE_DONE, ANNOUNCED = 50, 20, 0


def priority_of(message: Message) -> int:
    if message.urgency == "U1":
        return URGENT
    return TO_BE_DONE if message.urgency or message.duty_id or "number" in message.extra else ANNOUNCED


@task()
def deliver_by_email(delivery_id: int) -> None:
    """Send one delivery, by its channel: the queue holds this name since there was one only. Raises
    DeliveryFailed when it should be tried again; sent twice at worst, never not at all."""
    delivery.send(delivery_id)


@task()
def deliver_together(delivery_ids: list[int]) -> None:
    """Send several of one priority over one connection. Each that fails goes its own way from there on, and
    no later than it was to go."""
    failed, left = delivery.send_together(delivery_ids, SECONDS_TOGETHER)
    if not failed and not left:
        return
    priority = priority_of(Delivery.objects.select_related("message").get(pk=[*failed, *left][0]).message)
    for pk in failed:
        deliver_by_email.using(priority=priority, run_after=wall() + AGAIN).enqueue(pk)
    if left:
        deliver_together.using(priority=priority).enqueue(left)
