"""When the last backup was made. The backup leaves a stamp beside the data."""

from __future__ import annotations

import json
from datetime import datetime

from ..backup.archive import stamp_place


def last_backup() -> datetime | None:
    """The moment of the last finished backup, or None when none was ever made (or its stamp cannot be
    read)."""
    try:
        stamp = json.loads(stamp_place().read_text(encoding="utf-8"))
        moment = datetime.fromisoformat(stamp["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return moment if moment.tzinfo is not None else None
