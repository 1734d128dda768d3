"""Whether somebody may have read a report who should not have."""

from __future__ import annotations

from datetime import datetime

from ..models import BreachNotice, Report


def breach_known_to(report: Report) -> datetime | None:
    """When it was announced that reports were exposed which were here then, this one among them; None where no such notice stands."""
    standing = BreachNotice.objects.filter(withdrawn_at__isnull=True, announced_at__gte=report.received_at)
    return standing.order_by("-announced_at").values_list("announced_at", flat=True).first()
