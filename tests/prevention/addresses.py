"""Who reaches the addresses of this room, and one of everything for them: see tests/house/addresses.py."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.house.addresses import EVERYBODY, Kwargs, Row, Things

from security_center.prevention import actions as plan_actions
from security_center.prevention.actions import connecting

STAFF = {
    "prevention:index": Row("get", EVERYBODY, own=True),
    "prevention:plan": Row("get", EVERYBODY),
    "prevention:build": Row("get", {"ivy", "ada"}),
    "prevention:check": Row("get", {"ivy", "ada"}),
    "prevention:compare": Row("get", EVERYBODY),
    "prevention:draft_paper": Row("get", {"ivy", "ada"}),
    "prevention:paper": Row("get", EVERYBODY),
    "prevention:discard": Row("post", {"ivy", "ada"}),
    "prevention:readiness": Row("get", EVERYBODY, own=True),
    "prevention:step": Row("get", {"ivy", "ada"}),
    "prevention:coverage": Row("get", EVERYBODY),
    "prevention:absence_add": Row("post", {"dana", "tess", "ivy", "ada"}),
    "prevention:absence_remove": Row("post", {"dana", "tess", "ivy", "ada"}),
    "prevention:alternate": Row("post", {"ivy", "ada"}),
    "prevention:holiday_add": Row("post", {"dana", "tess", "ivy", "ada"}),
    "prevention:holiday_remove": Row("post", {"dana", "tess", "ivy", "ada"}),
    "prevention:preset": Row("post", {"dana", "tess", "ivy", "ada"}),
    "prevention:shift_add": Row("post", {"dana", "tess", "ivy", "ada"}),
    "prevention:shift_remove": Row("post", {"dana", "tess", "ivy", "ada"}),
    "prevention:connectedness": Row("get", {"rosa", "ben", "dana", "tess"}, own=True),
    "prevention:connectedness_at": Row("get", {"rosa", "ben", "dana", "tess"}),
    "prevention:connectedness_begin": Row("post", {"ben", "dana", "tess"}),
    "prevention:connectedness_check": Row("get", {"rosa", "ben", "dana", "tess"}),
    "prevention:connectedness_end": Row("post", {"ben", "dana", "tess"}),
    "prevention:connectedness_grade": Row("get", {"rosa", "ben", "dana", "tess"}),
    "prevention:connectedness_pairs": Row("get", {"ben", "dana", "tess"}),
    "prevention:connectedness_without": Row("get", {"ben", "dana", "tess", "nia", "ivy", "omar"}),
}
NOT_LOOKED_AT = {"prevention:draft_paper", "prevention:paper"}  # PDF: the tests of this room look at them


def made(things: Things) -> tuple[Any, dict[str, Kwargs]]:
    valley, school = things.valley, things.cast.school_a
    today, at = valley.at.date(), valley.at + timedelta(days=9)
    holiday = plan_actions.add_holiday(
        actor=None,
        organization=school,
        first_day=today,
        last_day=today,
        name="Snow",
    )
    absence = plan_actions.add_absence(
        actor=None,
        organization=school,
        person=things.cast.rosa,
        starts_at=at,
        ends_at=at + timedelta(days=1),
    )
    check = connecting.begin_check(actor=None, school=school)
    for minutes in (20, 10):  # two versions to compare
        plan_actions.adopt_plan(
            actor=None,
            organization=school,
            threshold_minutes={"le_weapon_access": minutes},
        )
    checked = {"pk": check.uuid, "grade": "9"}
    return None, {
        "prevention:step": {"step": "team"},
        "prevention:holiday_remove": {"pk": holiday.pk},
        "prevention:absence_remove": {"pk": absence.pk},
        **{
            f"prevention:connectedness_{verb}": checked
            for verb in ("check", "end", "grade", "pairs", "without")
        },
    }
