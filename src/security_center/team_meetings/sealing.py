"""How this room opens the minutes of a meeting."""

from __future__ import annotations

from security_center.foundation.vault.queries import open_even_damaged
from security_center.foundation.vault.records import OpenRecord
from security_center.reporting.sealing import desk_recipient

from .models import Meeting


def unsealed_meeting(meeting: Meeting) -> OpenRecord:
    """The record of a meeting's minutes. Callers have asked the policy. Raises `VaultLocked` when the key
    file is missing."""
    return open_even_damaged(
        meeting.record, *dict.fromkeys((desk_recipient(meeting.place), desk_recipient(meeting.district)))
    )
