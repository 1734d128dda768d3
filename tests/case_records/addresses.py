"""Who reaches the records of a case, and one of everything for them: see tests/house/addresses.py."""

from __future__ import annotations

from typing import Any

from tests.house.addresses import DESK, Kwargs, Row, Things
from tests.threat_assessment.addresses import TEAM
from tests.threat_assessment.team import Team

from security_center.case_records.actions import amendments, break_glass, destruction, inspections

ASK = {"case_records": ("tess", "ada", "ivy", "omar", "rosa", "aud", "dana")}
STAFF = {
    "case_records:glass": Row("get", {"nia", "ivy", "dana"}),
    "case_records:glass_one": Row("get", TEAM),
    "case_records:looks": Row("get", TEAM | {"aud", "ada"}),
    "case_records:looks_find": Row("get", DESK | {"aud", "ada"}, own=True),
    "case_records:packet": Row("get", TEAM),
    "case_records:texts": Row("get", TEAM),
    "case_records:texts_of": Row("get", TEAM),
    "case_records:told": Row("get", TEAM),
    "case_records:privacy": Row("get", TEAM),
    "case_records:amendment": Row("get", TEAM),
    "case_records:amendment_new": Row("get", TEAM),
    "case_records:certificate": Row("get", DESK - {"rosa", "sam", "ben"} | {"aud", "ada", "omar"}),
    "case_records:end": Row("get", TEAM),
    "case_records:end_answer": Row("post", TEAM),
    "case_records:end_release": Row("post", TEAM),
    "case_records:inspection": Row("get", TEAM),
    "case_records:inspection_new": Row("get", TEAM),
    "case_records:summary": Row("get", TEAM),
}
NOT_COUNTED = {"case_records:summary"}  # a paper
NOT_LOOKED_AT = NOT_COUNTED


def made(things: Things) -> tuple[Any, dict[str, Kwargs]]:
    cast, case = things.cast, things.of("threat_assessment").cases["managed"]
    opened = break_glass.break_glass(actor=cast.ivy, case=case, reason="Nobody of the team answers.")
    request: dict[str, Any] = {"actor": cast.tess, "case": case, "name": "Mrs. Doe", "relation": "parent"}
    seen = inspections.ask_to_see(**request, received_on=case.today())
    wrong = amendments.ask_to_amend(
        **request, received_on=case.today(), part=None, what="He never said that."
    )
    gone = Team(things.valley).open()
    destruction.expunge(case=gone, again=True)
    of_case = {"number": case.number, "section": "concern", "receiver": "police"}
    return None, {
        **dict.fromkeys(STAFF, of_case),
        "case_records:glass_one": {"number": case.number, "pk": opened.uuid},
        "case_records:inspection": {"number": case.number, "pk": seen.uuid},
        "case_records:amendment": {"number": case.number, "pk": wrong.uuid},
        "case_records:certificate": {"number": gone.number},
    }
