"""Whether somebody may have read a report who should not have."""

from __future__ import annotations

from datetime import datetime

from security_center.prevention.recent import recent

from ..models import BreachNotice, Report


def breach_known_to(report: Report) -> datetime | None:
    """When it was announced that reports were exposed which were here then, this one among them; None where
    no such notice stands."""
    standing = recent(
        "breaches",
        lambda: list(
            BreachNotice.objects.filter(withdrawn_at__isnull=True).values_list("announced_at", flat=True)
        ),
    )
    return max((at for at in standing if at >= report.received_at), default=None)
