"""A case of one scheme: found out, judged and planned."""

from __future__ import annotations

from typing import Any

from tests.threat_assessment.team import TEXTS, Team

from security_center.threat_assessment.actions import judgement_signing, management_plan
from security_center.threat_assessment.models import Case, Judgement, Signature


def inquired(team: Team, scheme: str, **fields: Any) -> Case:
    """A case of this scheme, found out so far that it can be judged."""
    case = team.inquired()
    for name, value in {"scheme": scheme, **fields}.items():
        setattr(case, name, value)
    case.save()
    return case


def judge(team: Team, case: Case, level: str, conclusion: str = "needs_support") -> Judgement:
    row = judgement_signing.judge(actor=team.tess, case=case, conclusion=conclusion, level=level, **TEXTS)
    for person in (team.tess, team.ben, team.dana):
        judgement_signing.sign(actor=person, case=case, judgement=row, view=Signature.View.AGREES)
    return row


def lacks(refused: Any) -> list[str]:
    return [one.gate.key for one in refused.value.unmet]


def plan_it(team: Team, case: Case) -> None:
    for notice in case.notices.filter(settled_at__isnull=True):
        judgement_signing.settle_notice(
            actor=team.tess, case=case, notice=notice, state="told", note="By phone."
        )
    management_plan.write_plan(
        actor=team.tess,
        case=case,
        goal="Safe.",
        raises_concern="A threat.",
        lowers_concern="He talks.",
        out_of_hours="",
        version=0,
    )
    management_plan.approve_plan(actor=team.tess, case=case)
