"""Who reaches the addresses of training, and one of everything for them: see tests/house/addresses.py."""

from __future__ import annotations

from typing import Any

from tests.house.addresses import OVERSEES, Kwargs, Row, Things

from security_center.prevention.actions import training

STAFF = {
    "prevention:training": Row("get", OVERSEES, own=True),
    "prevention:training_add": Row("get", {"dana", "tess", "ivy", "ada"}),
    "prevention:training_kind": Row("get", OVERSEES),
    "prevention:training_paste": Row("get", {"dana", "tess", "ivy", "ada"}),
    "prevention:training_place": Row("get", OVERSEES),
    "prevention:training_rule": Row("get", {"ivy", "ada"}),
    "prevention:training_withdraw": Row("post", {"dana", "tess", "ivy", "ada"}),
}


def made(things: Things) -> tuple[Any, dict[str, Kwargs]]:
    group = training.Group("All coaches", 4, 6)
    (taught,) = training.enter_training(
        actor=None,
        place=things.cast.school_a,
        kind="reporting",
        trained_on=things.valley.at.date(),
        group=group,
    )
    return None, {
        **{f"prevention:training_{verb}": {"kind": "reporting"} for verb in ("add", "kind", "paste")},
        "prevention:training_rule": {"slug": things.cast.district.slug},
        "prevention:training_withdraw": {"pk": taught.uuid},
    }
