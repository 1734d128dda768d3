"""Who reaches the addresses of this room, and one of everything for them: see tests/house/addresses.py."""

from __future__ import annotations

from typing import Any

from tests.house.addresses import NOBODY, OVERSEES, Kwargs, Row, Things

from security_center.equity.actions import importing

STAFF = {
    "equity:equity": Row("get", OVERSEES, own=True),
    "equity:import": Row("get", {"ada"}),
    "equity:import_undo": Row("post", {"ada"}),
    "equity:import_use": Row("post", {"ada"}),
    "equity:imports": Row("get", {"ada"}, own=True),
    "equity:read": Row("post", {"ivy"}, own=True),
    "equity:state_export": Row("get", {"ivy", "omar"}, own=True),
    "equity:state_file": Row("post", NOBODY, own=True),  # without a year and a layout there is no file
    "equity:statistics": Row("get", OVERSEES, own=True),
}
PUBLIC = {"numbers:figures"}


def made(things: Things) -> tuple[Any, dict[str, Kwargs]]:
    text = "student_id,race,disability,english_learner,gender\n4711,white,,,"
    file = importing.send(actor=things.cast.ada, district=things.cast.district, kind="protected", text=text)
    return None, {f"equity:import{verb}": {"pk": file.uuid} for verb in ("", "_undo", "_use")}
