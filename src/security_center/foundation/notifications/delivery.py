"""One message on its way out by one channel: sent, tried again, or given up."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from django.db import transaction
from django.db.models import F

from security_center.foundation.clock import now

from . import channels
from .models import Delivery

# With the queue's waits (21 minutes for the first eight, then each quarter of an hour) a day: a server that
# is away overnight comes back.
MOST_ATTEMPTS = 104


class DeliveryFailed(Exception):
    """The channel did not take the message. The code says why."""


def send(delivery_id: int, connection: Any = None) -> Delivery | None:
    """Send a delivery that is not sent yet, over `connection` where one is open. A second call for one that
    is settled does nothing."""
    delivery = (
        Delivery.objects.select_related("message__person", "message__organization")
        .filter(pk=delivery_id)
        .first()
    )
    if delivery is None or not Delivery.TRANSITIONS[delivery.state]:
        return delivery
    channel = channels.get(delivery.channel)
    if channel is None or not channel.transport.is_configured():
        return _settle(delivery, Delivery.State.NOT_CONFIGURED)
    try:
        channel.transport.send(delivery, connection)
    except channel.bounce.NOT_TAKEN as error:
        attempts = delivery.attempts + 1
        given_up = attempts >= MOST_ATTEMPTS
        state = Delivery.State.GIVEN_UP if given_up else Delivery.State.FAILED
        _settle(delivery, state, channel.bounce.code_of(error)[:40], attempted=True)
        if given_up:
            return delivery
        raise DeliveryFailed(delivery.last_error_code) from None
    return _settle(delivery, Delivery.State.SENT, attempted=True)


def send_together(delivery_ids: Sequence[int], seconds: float) -> tuple[list[int], list[int]]:
    """Send several of one channel over one connection, for `seconds` at most. Returns which have to be tried
    again, and which were not come to.

    Once one fails the others wait for an attempt of their own: what is wrong with the server is wrong for
    all, and a dead one must not be asked fifty times in a row."""
    until = time.monotonic() + seconds
    channel = channels.get(
        Delivery.objects.values_list("channel", flat=True).filter(pk__in=delivery_ids).first() or ""
    )
    with ExitStack() as opened:
        connection = None
        if channel is not None and channel.transport.is_configured():
            connection = opened.enter_context(channel.transport.connection())
        for position, pk in enumerate(delivery_ids):
            if time.monotonic() > until:
                return [], list(delivery_ids[position:])
            try:
                send(pk, connection)
            except DeliveryFailed:
                return list(delivery_ids[position:]), []
    return [], []


def _settle(delivery: Delivery, state: str, code: str = "", *, attempted: bool = False) -> Delivery:
    changes: dict[str, object] = {"state": state, "last_error_code": code}
    if attempted:
        changes["attempts"] = F("attempts") + 1
    if state == Delivery.State.SENT:
        changes["sent_at"] = now()
    # Only from a state that may still change: two workers may have been given the same task.
    open_states = [start for start, ends in Delivery.TRANSITIONS.items() if state in ends]
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk, state__in=open_states).update(**changes)
    delivery.refresh_from_db()
    return delivery
