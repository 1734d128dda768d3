"""One of everything about the privacy of a case, for addresses.py."""

from __future__ import annotations

from typing import Any

from tests.cast import Cast

from security_center.threat_assessment.actions.privacy import amending, ending, glass, inspecting
from security_center.threat_assessment.models import Case


def made(cast: Cast, case: Case, gone: Case) -> dict[str, dict[str, Any]]:
    """Address → its arguments. `gone` is destroyed."""
    opened = glass.break_glass(actor=cast.ivy, case=case, reason="Nobody of the team answers.")
    request: dict[str, Any] = {"actor": cast.tess, "case": case, "name": "Mrs. Doe", "relation": "parent", "received_on": case.today()}
    seen = inspecting.ask_to_see(**request)
    wrong = amending.ask_to_amend(**request, part=None, what="He never said that.")
    ending.expunge(case=gone, again=True)
    rows = {"glass_one": opened.uuid, "inspection": seen.uuid, "amendment": wrong.uuid}
    named: dict[str, dict[str, Any]] = {f"threat_assessment:{name}": {"number": case.number, "pk": pk} for name, pk in rows.items()}
    return {**named, "threat_assessment:certificate": {"number": gone.number}}
