"""Telling reporters of a breach on the only page that reaches them, and taking it back. Done by whoever runs
the machine, so there is no policy."""

from __future__ import annotations

from django.db import transaction

from security_center.foundation.clock import now
from security_center.foundation.ledger import actions as ledger

from ..models import BreachNotice


def announce_breach(*, actor: str) -> None:
    """From now on each thread of a report that is here already says so; one that was announced before is
    announced anew."""
    with transaction.atomic():
        ledger.take_turn()
        BreachNotice.objects.filter(withdrawn_at__isnull=True).update(withdrawn_at=now())
        notice = BreachNotice.objects.create(announced_at=now())
        ledger.record(actor=actor, verb="breach.announced", about=f"breach:{notice.pk}")


def withdraw_breach(*, actor: str) -> bool:
    """Take the sentence off every thread. False where none stands."""
    with transaction.atomic():
        ledger.take_turn()
        notice = BreachNotice.objects.filter(withdrawn_at__isnull=True).order_by("-pk").first()
        if notice is None:
            return False
        notice.withdrawn_at = now()
        notice.save(update_fields=["withdrawn_at"])
        ledger.record(actor=actor, verb="breach.withdrawn", about=f"breach:{notice.pk}")
        return True
