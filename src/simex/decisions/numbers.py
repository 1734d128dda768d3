"""The parameters and levers as compiled code sees them."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from simex.compiling import inner
from simex.distributions import quantile
from simex.draws import uniform
from simex.parameters import Parameters
from simex.population import Population
from simex.scenario import (
    Card,
    Doors,
    Guidance,
    HazardStep,
    Kind,
    Layer,
    Lock,
    Moment,
    Notice,
    Officer,
    Scenario,
    StopBand,
    Training,
    Wording,
)


class P(IntEnum):
    """The parameters that this engine reads, by their ids in the parameter file; the number is the row in
    `World.shapes` and `World.numbers`."""

    V_ADULT = 0
    V_TEEN = 1
    V_MID = 2
    V_PRIM = 3
    K_HURRY = 4
    K_RUN_SHARE = 5
    K_RUN_SPEED = 6
    V_IMP = 7
    S_DOWN = 8
    S_UP = 9
    S_DOWN_CHILD = 10
    FD_SLOPE = 11
    FD_STANDSTILL = 12
    Q_NETWORK = 13
    T_PRE_FIRE = 14
    T_CUE = 15
    P_CUE_SAME = 16
    P_CUE_ADJACENT = 17
    P_CUE_LENGTH = 18
    P_CUE_MIN = 19
    T_PA_REACT = 20
    P_HEAR_PA_ROOM = 21
    P_HEAR_PA_CORRIDOR = 22
    P_HEAR_PA_HALL = 23
    P_HEAR_PA_OUTDOORS = 24
    P_HEAR_PA_WASHROOM = 25
    P_CODE_CODED = 26
    P_CODE_PLAIN = 27
    P_DECIDE_UNTRAINED = 28
    P_DECIDE_TRAINED = 29
    ACTION_ROOM = 30
    ACTION_EXIT = 31
    ACTION_FREEZE = 32
    P_PROP = 33
    P_OPEN_MOVING = 34
    T_FREE_PROP = 35
    T_CLOSE = 36
    P_LATCH_FAIL = 37
    T_LOCK_BUTTON = 38
    P_FAIL_BUTTON = 39
    T_KEY_FIND = 40
    T_KEY_TURN = 41
    P_FAIL_KEY = 42
    T_LOCK_OUTSIDE = 43
    P_FAIL_OUTSIDE = 44
    T_LOCK_ELECTRONIC = 45
    P_FAIL_ELECTRONIC = 46
    P_NO_KEY = 47
    DOOR_DISTANCE = 48
    T_SWEEP = 49
    T_HIDE = 50
    P_HIDE_TRAINED = 51
    P_HIDE_UNTRAINED = 52
    P_OMIT_UNTRAINED = 53
    GLAZING_WEIGHT = 54
    GLAZING_TREATED_WEIGHT = 55
    P_REENTRY = 56
    TRIES_BEFORE_EXIT = 57
    T_DEVICE = 58
    T_DEVICE_ALERT = 59
    P_DEVICE_ROOM = 60
    P_DEVICE_CORRIDOR = 61
    T_PA_ACCESS = 62
    P_PA_FAIL = 63
    T_ALERT_CONNECT = 64
    T_OFFICE_CALL = 65
    P_NO_ANSWER = 66
    T_RETRY = 67
    T_RELAY = 68
    T_DECIDE = 69
    T_SPEAK_ANY = 70
    T_SPEAK_OFFICE = 71
    T_SPEAK_RECORDED = 72
    P_LOCATION_ANY = 73
    P_LOCATION_OFFICE = 74
    T_911_LAG_ANY = 75
    T_911_LAG_OFFICE = 76
    P_OFFICE_PRESENT = 77
    T_PEER = 78
    PA_COVERAGE = 79
    T_REPORT = 80
    P_REPORT = 81
    P_FALSE_ANY = 82
    P_FALSE_OFFICE = 83
    P_FALSE_ALERT = 84
    T_FALSE_LOST = 85
    MONTHS_OPEN = 86
    T_911_ANSWER = 87
    T_DISPATCH = 88
    T_POLICE = 89
    T_SEARCH = 90
    T_SRO_RADIO = 91
    P_SRO_RADIO = 92
    V_SRO = 93
    V_SRO_SEARCH = 94
    T_ENGAGE = 95
    ABSENT = 96
    LESSON_IN_ROOMS = 97
    LESSON_WASHROOM_CORRIDOR = 98
    PASSING_IN_CORRIDORS = 99
    LUNCH_IN_CAFETERIA = 100
    ARRIVAL_OUTDOORS = 101
    OUTDOOR_DISTANCE = 102
    SAFE_DISTANCE = 103
    T_ALARM = 104
    REFUGE_AREA = 105
    T_EXIT_DOOR_CHECK = 106
    STANDOFF_MANDATORY = 107
    STANDOFF_PREFERRED = 108
    T_THREAT_DECIDE = 109
    REUNIFY_CHECK_IN = 110
    REUNIFY_VERIFY = 111
    REUNIFY_RUNNERS = 112
    T_REUNIFY_CHECK_IN = 113
    T_REUNIFY_VERIFY = 114
    T_REUNIFY_RUNNER = 115
    T_REUNIFY_ARRIVAL = 116
    T_REUNIFY_TRANSPORT = 117
    V_PREK = 118


class V(IntEnum):
    """The levers and the layer, as places in `World.levers` (float64)."""

    KIND = 0
    OFFICERS = 1  # how many are there; 0 for none
    OFFICER_POST = 2
    DOORS = 3
    NOTICE = 4
    CARD = 5
    MOMENT = 6
    LOCK = 7  # -1: each door as the plan says
    TRAINED = 8
    CODED = 9
    OPTIONS = 10
    PROPPED = 11  # NaN: as the parameter file says
    COVERAGE = 12
    NO_KEY = 13
    POLICE_MEDIAN_S = 14
    WIDTH_FACTOR = 15
    GLAZING_TREATED = 16
    RADIOS_OUTDOORS = 17
    STOP_BAND = 18
    HAZARD_STEP = 19
    SUBSTITUTES = 20
    GRADES = 21
    LIMITED_MOBILITY = 22
    LIMITED_HEARING = 23
    OTHER_LANGUAGE = 24


MANUAL, PRE_LOCKED, AUTOMATIC_DOORS = 0, 1, 2
CENTRALIZED, DECENTRALIZED, DIRECT_ALERT = 0, 1, 2
LESSON, PASSING, LUNCH, ARRIVAL, DISMISSAL = 0, 1, 2, 3, 4
TARGETED, MASS = 0, 1
NO_LOCK, BUTTON, KEY, OUTSIDE_KEY, AUTOMATIC, ELECTRONIC = 0, 1, 2, 3, 4, 5
OPTIMISTIC, NEUTRAL, NEVER = 0, 1, 2
HALF, ONE, DOUBLE = 0, 1, 2
LOCK_CODES = {
    "no-lock": NO_LOCK,
    "inside-button": BUTTON,
    "inside-key": KEY,
    "outside-key": OUTSIDE_KEY,
    "automatic": AUTOMATIC,
    "electronic": ELECTRONIC,
}
_LEVER_LOCKS = {
    Lock.AS_BUILT: -1,
    Lock.INSIDE_BUTTON: BUTTON,
    Lock.INSIDE_KEY: KEY,
    Lock.OUTSIDE_KEY: OUTSIDE_KEY,
    Lock.ELECTRONIC: ELECTRONIC,
}
GRADE_CODES = {"elementary": 0, "middle": 1, "high": 2}


def parameter_rows(parameters: Parameters) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Shapes (len(P),) and numbers (len(P), 4) of the parameters that the engine reads."""
    shapes, numbers = parameters.compiled()
    rows = [parameters.place(member.name.lower()) for member in P]
    return shapes[rows].copy(), numbers[rows].copy()


def lever_row(scenario: Scenario, layer: Layer, population: Population, grades: str) -> NDArray[np.float64]:
    """The levers (len(V),), NaN where the parameter file decides."""
    row = np.full(len(V), np.nan)
    row[V.KIND] = list(Kind).index(scenario.kind)
    row[V.OFFICERS] = 0 if scenario.officer is Officer.ABSENT else scenario.officers
    row[V.OFFICER_POST] = scenario.officer is Officer.POST
    row[V.DOORS] = list(Doors).index(scenario.doors)
    row[V.NOTICE] = list(Notice).index(scenario.notice)
    row[V.CARD] = list(Card).index(scenario.card)
    row[V.MOMENT] = list(Moment).index(scenario.moment)
    row[V.LOCK] = _LEVER_LOCKS.get(scenario.lock, NO_LOCK)
    row[V.TRAINED] = scenario.training is Training.TRAINED
    row[V.CODED] = scenario.wording is Wording.CODED
    row[V.OPTIONS] = scenario.guidance is Guidance.OPTIONS
    for place, share in (
        (V.PROPPED, scenario.propped_share),
        (V.COVERAGE, scenario.announcement_coverage),
        (V.NO_KEY, scenario.without_key_share),
    ):
        if share is not None:
            row[place] = share
    if scenario.police_median_minutes is not None:
        row[V.POLICE_MEDIAN_S] = 60.0 * scenario.police_median_minutes
    row[V.WIDTH_FACTOR] = scenario.corridor_width_factor
    row[V.GLAZING_TREATED] = scenario.glazing_treated
    row[V.RADIOS_OUTDOORS] = scenario.radios_outdoors
    row[V.STOP_BAND] = list(StopBand).index(layer.stop_band)
    row[V.HAZARD_STEP] = list(HazardStep).index(layer.hazard_step)
    row[V.SUBSTITUTES] = population.substitutes
    row[V.GRADES] = GRADE_CODES.get(grades, 2)
    row[V.LIMITED_MOBILITY] = population.limited_mobility_share
    row[V.LIMITED_HEARING] = population.hearing_share
    row[V.OTHER_LANGUAGE] = population.language_share
    return row


@inner
def luck(w, stream, entity, index):  # type: ignore[no-untyped-def]
    """The uniform number at an address of this run."""
    return uniform(w.key[0], w.key[1], stream, entity, index)


@inner
def drawn(w, row, stream, entity, index):  # type: ignore[no-untyped-def]
    """A value of parameter `row` for an entity."""
    numbers = w.numbers[row]
    return quantile(
        w.shapes[row],
        numbers[0],
        numbers[1],
        numbers[2],
        numbers[3],
        uniform(w.key[0], w.key[1], stream, entity, index),
    )


@inner
def happens(w, row, stream, entity, index):  # type: ignore[no-untyped-def]
    """Whether something of the probability in parameter `row` happens to an entity."""
    return uniform(w.key[0], w.key[1], stream, entity, index) < w.numbers[row, 0]
