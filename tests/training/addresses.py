"""Who reaches the addresses of training, and one of everything for them: see tests/house/addresses.py."""

from __future__ import annotations

from typing import Any

from tests.house.addresses import OVERSEES, Kwargs, Row, Things

from security_center.training import actions

STAFF = {
    "training:training": Row("get", OVERSEES, own=True),
    "training:training_add": Row("get", {"dana", "tess", "ivy", "ada"}),
    "training:training_kind": Row("get", OVERSEES),
    "training:training_paste": Row("get", {"dana", "tess", "ivy", "ada"}),
    "training:training_place": Row("get", OVERSEES),
    "training:training_rule": Row("get", {"ivy", "ada"}),
    "training:training_withdraw": Row("post", {"dana", "tess", "ivy", "ada"}),
}


def made(things: Things) -> tuple[Any, dict[str, Kwargs]]:
    group = actions.Group("All coaches", 4, 6)
    (taught,) = actions.enter_training(
        actor=None,
        place=things.cast.school_a,
        kind="reporting",
        trained_on=things.valley.at.date(),
        group=group,
    )
    return None, {
        **{f"training:training_{verb}": {"kind": "reporting"} for verb in ("add", "kind", "paste")},
        "training:training_rule": {"slug": things.cast.district.slug},
        "training:training_withdraw": {"pk": taught.uuid},
    }
