"""Who reaches the addresses of transfers, and one of everything for them: see tests/house/addresses.py."""

from __future__ import annotations

from typing import Any

from tests.house.addresses import DESK, Kwargs, Row, Things
from tests.threat_assessment.addresses import OVERSEERS

from security_center.threat_assessment.actions import transferring

STAFF = {
    "threat_assessment:transfers": Row("get", DESK - {"sam"}, own=True),
    "threat_assessment:transfer_new": Row("get", DESK - {"sam"}, own=True),
    "threat_assessment:transfer": Row("get", OVERSEERS),
    "threat_assessment:transfer_complete": Row("post", OVERSEERS),
    "threat_assessment:transfer_item": Row("get", OVERSEERS),
    "threat_assessment:transfer_open": Row("post", OVERSEERS),
}


def made(things: Things) -> tuple[Any, dict[str, Kwargs]]:
    comes = transferring.begin_transfer(
        actor=things.cast.tess,
        school=things.valley.school,
        student="Kim Roe",
        prior_school="Lakeside",
    )
    return None, {key: {"pk": comes.uuid, "key": "discipline"} for key in STAFF}
