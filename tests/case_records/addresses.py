"""Who reaches the records of a case, and one of everything for them: see tests/house/addresses.py."""

from __future__ import annotations

from typing import Any

from tests.house.addresses import DESK, Kwargs, Row, Things
from tests.threat_assessment.addresses import TEAM
from tests.threat_assessment.team import Team

from security_center.threat_assessment.actions.privacy import amending, ending, glass, inspecting

STAFF = {
    "threat_assessment:glass": Row("get", {"nia", "ivy", "dana"}),
    "threat_assessment:glass_one": Row("get", TEAM),
    "threat_assessment:looks": Row("get", TEAM | {"aud", "ada"}),
    "threat_assessment:looks_find": Row("get", DESK | {"aud", "ada"}, own=True),
    "threat_assessment:packet": Row("get", TEAM),
    "threat_assessment:texts": Row("get", TEAM),
    "threat_assessment:texts_of": Row("get", TEAM),
    "threat_assessment:told": Row("get", TEAM),
    "threat_assessment:privacy": Row("get", TEAM),
    "threat_assessment:amendment": Row("get", TEAM),
    "threat_assessment:amendment_new": Row("get", TEAM),
    "threat_assessment:certificate": Row("get", DESK - {"rosa", "sam", "ben"} | {"aud", "ada", "omar"}),
    "threat_assessment:end": Row("get", TEAM),
    "threat_assessment:end_answer": Row("post", TEAM),
    "threat_assessment:end_release": Row("post", TEAM),
    "threat_assessment:inspection": Row("get", TEAM),
    "threat_assessment:inspection_new": Row("get", TEAM),
    "threat_assessment:summary": Row("get", TEAM),
}
NOT_COUNTED = {"threat_assessment:summary"}  # a paper
NOT_LOOKED_AT = NOT_COUNTED


def made(things: Things) -> tuple[Any, dict[str, Kwargs]]:
    cast, case = things.cast, things.of("threat_assessment").cases["managed"]
    opened = glass.break_glass(actor=cast.ivy, case=case, reason="Nobody of the team answers.")
    request: dict[str, Any] = {"actor": cast.tess, "case": case, "name": "Mrs. Doe", "relation": "parent"}
    seen = inspecting.ask_to_see(**request, received_on=case.today())
    wrong = amending.ask_to_amend(**request, received_on=case.today(), part=None, what="He never said that.")
    gone = Team(things.valley).open()
    ending.expunge(case=gone, again=True)
    of_case = {"number": case.number, "section": "concern", "receiver": "police"}
    return None, {
        **dict.fromkeys(STAFF, of_case),
        "threat_assessment:glass_one": {"number": case.number, "pk": opened.uuid},
        "threat_assessment:inspection": {"number": case.number, "pk": seen.uuid},
        "threat_assessment:amendment": {"number": case.number, "pk": wrong.uuid},
        "threat_assessment:certificate": {"number": gone.number},
    }
