"""Who reaches the addresses of this room, and one of everything for them: see tests/house/addresses.py."""

from __future__ import annotations

from typing import Any

from tests.house.addresses import Kwargs, Row, Things
from tests.students.people import Register

from security_center.foundation.students.actions import enter_student

STAFF = {
    "students:enter": Row("get", {"ada"}),
    "students:index": Row("get", {"ada"}, own=True),
    "students:import": Row("get", {"ada"}),
    "students:import_apply": Row("post", {"ada"}),
    "students:import_discard": Row("post", {"ada"}),
    "students:import_new": Row("get", {"ada"}),
    "students:import_undo": Row("post", {"ada"}),
    "students:register": Row("get", {"ada"}),
}
NOT_COUNTED = {"students:index"}  # leads on to another


def made(things: Things) -> tuple[Any, dict[str, Kwargs]]:
    cast = things.cast
    enter_student(actor=None, school=cast.school_a, identifier="70001", name="Kim Roe", grade="9")
    file = Register(things.valley).send(
        "id,name,grade,school\n100,Ann Lee,9,Maple High School\n101,Bo Roe,x,Maple High School\n",
    )
    return None, {"students:": {"slug": cast.district.slug, "pk": file.uuid}}
