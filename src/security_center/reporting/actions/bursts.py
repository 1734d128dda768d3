"""Files are limited before text, and text never (reporting.md 8.3): by a short-lived count of bytes per
school, not of senders."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError

from security_center.foundation.clock import now
from security_center.foundation.organizations.models import Organization

if TYPE_CHECKING:
    from security_center.foundation.vault.uploads import SealedUpload

WINDOW_SECONDS = 600
# So much one school may take in within ten minutes: three hundred photos and videos of a hallway's rumor fit
# in, a flood to fill the disk does not.
MEBIBYTES_A_WINDOW = 4096
MEBIBYTE = 1024 * 1024

log = logging.getLogger("security_center.reporting")


def admit_files(*, organization: Organization, uploads: Sequence[SealedUpload]) -> None:
    """Refuse the files (each is marked `busy`, its sealed bytes removed) that exceed what one school may take
    in within ten minutes.

    Costs nothing where no file came. A counter that cannot be kept refuses nothing.
    """
    came = [upload for upload in uploads if not upload.fault]
    if not came:
        return
    weight = sum(1 + (upload.size or 0) // MEBIBYTE for upload in came)
    try:
        taken = _count(organization.pk, weight)
    except DatabaseError as error:
        log.warning("files could not be counted: %s", error)
        return
    if taken > MEBIBYTES_A_WINDOW:
        for upload in came:
            upload.discard()
            upload.fault = "busy"


def _count(organization_id: int, weight: int) -> int:
    window = int(now().timestamp()) // WINDOW_SECONDS
    # Salted with a secret of this start: the table of counters tells nobody which school is busy.
    place = hmac.digest(
        settings.SSC_SESSION_SECRET.encode(), f"files/{organization_id}/{window}".encode(), "sha256"
    ).hex()
    cache.add(place, 0, timeout=WINDOW_SECONDS)
    try:
        return cache.incr(place, weight)
    except ValueError:  # it expired in between
        return weight
