"""A world without luck, whose numbers a person can add up by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simex.distributions import Shape
from simex.network import NetworkEngine
from simex.parameters import Parameters
from simex.plan import Plan
from simex.population import Population
from simex.runs import RunTable
from simex.scenario import Layer, Scenario

# What cannot fail does not, nobody is away, and each time is one number (seconds, metres a second).
CERTAIN = {
    **dict.fromkeys(("absent", "p_prop", "p_latch_fail", "p_fail_button", "p_fail_key", "p_fail_outside", "p_fail_electronic", "p_no_key"), 0.0),
    **dict.fromkeys(("p_pa_fail", "p_no_answer", "p_code_plain", "p_code_coded", "p_reentry", "k_run_share"), 0.0),
    **dict.fromkeys(("p_hear_pa_room", "p_hear_pa_corridor", "p_hear_pa_hall", "p_hear_pa_outdoors", "p_hear_pa_washroom"), 1.0),
    **dict.fromkeys(("p_device_room", "p_device_corridor", "p_office_present", "p_hide_trained", "p_report", "lesson_in_rooms"), 1.0),
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


def parameters(**changes: float) -> Parameters:
    """The defaults with every number in `CERTAIN` and `changes` made a constant, ranges aside."""
    defaults = Parameters.defaults()
    values = CERTAIN | changes
    unknown = values.keys() - set(defaults)
    assert not unknown, unknown
    return Parameters(
        [
            replace(p, shape=p.shape if p.shape is Shape.PROBABILITY else Shape.VALUE, numbers={"value": values[p.id]}, ranges={})
            if p.id in values
            else p
            for p in defaults.values()
        ]
    )


def run(
    plan: Plan,
    scenario: Scenario,
    *,
    seed: int = 1,
    replicates: int = 1,
    layer: Layer | None = None,
    population: Population | None = None,
    numbers: Parameters | None = None,
    **changes: float,
) -> RunTable:
    engine = NetworkEngine(plan, numbers or parameters(**changes), population)
    return engine.run(scenario, seed=seed, replicates=np.arange(replicates), layer=layer)
