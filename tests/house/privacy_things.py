"""One of everything about the privacy of a case, for addresses.py."""

from __future__ import annotations

from typing import Any

from tests.cast import Cast

from security_center.threat_assessment.actions.privacy import glass
from security_center.threat_assessment.models import Case


def made(cast: Cast, case: Case) -> dict[str, dict[str, Any]]:
    """Address → its arguments."""
    number = case.number
    opened = glass.break_glass(actor=cast.ivy, case=case, reason="Nobody of the team answers.")
    return {"threat_assessment:glass_one": {"number": number, "pk": opened.uuid}}
