"""What the worker does for notifications: hand messages to the mail server."""

from __future__ import annotations

from datetime import timedelta

from django.tasks import task

from security_center.foundation.clock import wall

from . import delivery

MOST_TOGETHER = 50  # over one connection
SECONDS_TOGETHER = 5.0  # an urgent message waits for no longer batch
AGAIN = timedelta(seconds=10)


@task()
def deliver_by_email(delivery_id: int) -> None:
    """Send one delivery. Raises DeliveryFailed when it should be tried again; sent twice at worst, never not at all."""
    delivery.send(delivery_id)


@task()
def deliver_together(delivery_ids: list[int]) -> None:
    """Send several over one connection. Each that fails goes its own way from there on."""
    failed, left = delivery.send_together(delivery_ids, SECONDS_TOGETHER)
    for pk in failed:
        deliver_by_email.using(run_after=wall() + AGAIN).enqueue(pk)
    if left:
        deliver_together.enqueue(left)
