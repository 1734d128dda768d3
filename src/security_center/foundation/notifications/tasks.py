"""What the worker does for notifications: hand a message to the mail server."""

from __future__ import annotations

from django.tasks import task

from . import delivery


@task()
def deliver_by_email(delivery_id: int) -> None:
    """Send one delivery. Raises DeliveryFailed when it should be tried again; sent twice at worst, never not at all."""
    delivery.send(delivery_id)
