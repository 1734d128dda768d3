"""How long the minutes of a meeting are kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from security_center.prevention.queries import rules_at

from .models import Meeting


def end_of_meeting(meeting: Meeting) -> datetime:
    """When its minutes are destroyed: as long after it as the plan that its place works by keeps a case."""
    return (meeting.settled_at or meeting.starts_at) + timedelta(
        days=rules_at(meeting.place).retention_days(short=False)
    )
