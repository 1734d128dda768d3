"""The example in the documentation is a plan, and the documentation names what the format holds."""

from __future__ import annotations

import json
import re
from pathlib import Path

from simex.plan import LockType, PortalState, Use, faults
from simex.plan.file import parse_plan

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "simex" / "plan.md").read_text(encoding="utf-8")


def test_the_example_is_a_sound_plan() -> None:
    found = re.search(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)
    assert found is not None
    plan = parse_plan(found[1].encode())
    assert faults(plan) == []
    assert [space.name for space in plan.rooms_to_lock] == ["Office", "Room 1"]
    assert json.loads(found[1])["format"] == "simex-plan"


def test_every_use_lock_and_state_is_named() -> None:
    assert not [word.value for word in (*Use, *LockType, *PortalState) if f"`{word.value}`" not in DOCUMENT]
