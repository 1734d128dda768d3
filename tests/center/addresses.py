"""Who reaches the addresses of this room, and one of everything for them: see tests/house/addresses.py."""

from __future__ import annotations

from typing import Any

from tests.house.addresses import EVERYBODY, OVERSEES, Kwargs, Row, Things, staff_names

STAFF = {
    "center:home": Row("get", EVERYBODY, own=True),
    "center:alerts": Row("get", OVERSEES, own=True),
    "center:ledger": Row("get", {"aud", "ada"}, own=True),
    "center:mend": Row("get", {"ada"}, own=True),
    "center:schools": Row("get", OVERSEES, own=True),
    "center:set_up_start": Row("get", {"ada"}, own=True),
    "center:set_up_overview": Row("get", {"ada"}),
    "center:set_up_alerts": Row("get", {"ada"}),
    "center:set_up_coverage": Row("get", {"ada"}),
    "center:set_up_district": Row("get", {"ada"}),
    "center:set_up_open": Row("get", {"ada"}),
    "center:set_up_people": Row("get", {"ada"}),
    "center:set_up_people_links": Row("post", {"ada"}),
    "center:set_up_people_mail": Row("post", {"ada"}),
    "center:set_up_plan": Row("get", {"ada"}),
    "center:set_up_schools": Row("get", {"ada"}),
}
OPEN = {"center:metrics"}
NOT_COUNTED = {"center:set_up_start"}  # leads on to another


def made(things: Things) -> tuple[Any, dict[str, Kwargs]]:
    district = {"slug": things.cast.district.slug}
    return None, {
        "center:mend": {"key": "worker"},
        **{name: district for name in staff_names() if name.startswith("center:set_up_")},
    }
