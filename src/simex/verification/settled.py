"""Parameter sets without luck, for checks that a person can add up."""

from __future__ import annotations

from dataclasses import replace

from simex.distributions import Shape
from simex.parameters import Parameters


def constants(values: dict[str, float], base: Parameters | None = None) -> Parameters:
    """The defaults with each number of `values` made a constant, ranges aside (a check may set what a school
    may not)."""
    base = base or Parameters.defaults()
    for name in values.keys() - set(base):
        raise KeyError(name)
    return Parameters(
        [
            replace(
                p,
                shape=p.shape if p.shape is Shape.PROBABILITY else Shape.VALUE,
                numbers={"value": values[p.id]},
                ranges={},
            )
            if p.id in values
            else p
            for p in base.values()
        ],
        base.version,
    )


INSIDE = {"absent": 0.0, "lesson_in_rooms": 1.0}  # everybody is in a room
SHUT = {"p_prop": 0.0, "p_latch_fail": 0.0}  # every pre-locked door is shut and locked
PLAIN_WALK = {"v_adult": 1.2, "v_teen": 1.2, "t_pre_fire": 0.0, "t_alarm": 0.0}
# What cannot fail does not, nobody is away, and each time is one number (seconds, metres a second).
CERTAIN = {
    **dict.fromkeys(
        (
            "absent",
            "p_prop",
            "p_latch_fail",
            "p_fail_button",
            "p_fail_key",
            "p_fail_outside",
            "p_fail_electronic",
            "p_no_key",
        ),
        0.0,
    ),
    **dict.fromkeys(
        ("p_pa_fail", "p_no_answer", "p_code_plain", "p_code_coded", "p_reentry", "k_run_share"), 0.0
    ),
    **dict.fromkeys(
        (
            "p_hear_pa_room",
            "p_hear_pa_corridor",
            "p_hear_pa_hall",
            "p_hear_pa_outdoors",
            "p_hear_pa_washroom",
        ),
        1.0,
    ),
    **dict.fromkeys(
        (
            "p_device_room",
            "p_device_corridor",
            "p_office_present",
            "p_hide_trained",
            "p_report",
            "lesson_in_rooms",
        ),
        1.0,
    ),
    **dict.fromkeys(("p_decide_trained", "p_location_any", "p_location_office"), 1.0),
    "v_adult": 1.5,
    "v_teen": 1.4,
    "k_hurry": 1.0,
    "t_cue": 8.0,
    "t_pa_react": 5.0,
    "t_peer": 3.0,
    "door_distance": 3.0,
    "t_sweep": 4.0,
    "t_key_find": 10.0,
    "t_key_turn": 4.0,
    "t_lock_button": 2.0,
    "t_lock_outside": 35.0,
    "t_close": 2.0,
    "t_hide": 25.0,
    "t_report": 60.0,
    "t_device": 4.0,
    "t_device_alert": 3.0,
    "t_office_call": 8.0,
    "t_relay": 12.0,
    "t_decide": 10.0,
    "t_speak_any": 7.0,
    "t_speak_office": 8.0,
    "t_911_lag_any": 30.0,
    "t_911_lag_office": 15.0,
    "t_911_answer": 5.0,
    "t_dispatch": 30.0,
    "t_police": 180.0,
    "t_search": 180.0,
    "t_sro_radio": 6.0,
    "v_sro": 2.5,
}
