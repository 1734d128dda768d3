"""The levers: what a school may change, and nothing else (simex.md 2.1 and 4.1).

A `Scenario` is one condition of an experiment. It has no field for the assailant; `Layer` is the engine's own
robustness check, which a study always runs in all of its fixed steps and which nobody can set to another
value."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What is tried. Only `LOCKDOWN` holds a hazard, and it cannot be filmed (2.1)."""

    LOCKDOWN = "lockdown"
    LOCKDOWN_DRILL = "lockdown-drill"
    EVACUATION = "evacuation"
    SECURE = "secure"
    REVERSE_EVACUATION = "reverse-evacuation"
    SHELTER = "shelter"
    HOLD = "hold"
    BOMB_THREAT = "bomb-threat"
    REUNIFICATION = "reunification"


class Officer(StrEnum):
    ABSENT = "absent"
    PATROL = "patrol"
    POST = "post"


class Doors(StrEnum):
    """The door policy of SIMEX: locked by hand when a lockdown is called, or locked beforehand (or by
    closing)."""

    MANUAL = "manual"
    PRE_LOCKED = "pre-locked"
    AUTOMATIC = "automatic"


class Notice(StrEnum):
    """Who may start a lockdown over the public address."""

    CENTRALIZED = "centralized"
    DECENTRALIZED = "decentralized"
    DIRECT_ALERT = "direct-alert"


class Card(StrEnum):
    """The published scenario cards of SIMEX: a block of the design, never a lever and never compared as
    one."""

    TARGETED = "targeted"
    MASS = "mass"


class Moment(StrEnum):
    LESSON = "lesson"
    PASSING = "passing"
    LUNCH = "lunch"
    ARRIVAL = "arrival"
    DISMISSAL = "dismissal"


class Lock(StrEnum):
    """How a classroom door is locked by hand (2.4). `AS_BUILT` takes each door as the plan says."""

    AS_BUILT = "as-built"
    INSIDE_BUTTON = "inside-button"
    INSIDE_KEY = "inside-key"
    OUTSIDE_KEY = "outside-key"
    ELECTRONIC = "electronic"
    NONE = "none"


class Training(StrEnum):
    UNTRAINED = "untrained"
    TRAINED = "trained"


class Wording(StrEnum):
    PLAIN = "plain"
    CODED = "coded"


class Guidance(StrEnum):
    LOCKDOWN_ONLY = "lockdown-only"
    OPTIONS = "options"


@dataclass(frozen=True)
class Scenario:
    """One condition: a level of every lever. A share is 0 to 1; None keeps what the plan or the parameter
    file says."""

    kind: Kind = Kind.LOCKDOWN_DRILL
    officer: Officer = Officer.ABSENT
    officers: int = 1
    doors: Doors = Doors.MANUAL
    notice: Notice = Notice.CENTRALIZED
    card: Card = Card.MASS
    moment: Moment = Moment.LESSON
    lock: Lock = Lock.AS_BUILT
    training: Training = Training.TRAINED
    wording: Wording = Wording.PLAIN
    guidance: Guidance = Guidance.LOCKDOWN_ONLY
    propped_share: float | None = None
    announcement_coverage: float | None = None
    without_key_share: float | None = None
    police_median_minutes: float | None = None
    corridor_width_factor: float = 1.0
    glazing_treated: bool = False
    radios_outdoors: bool = False
    closed_exits: tuple[str, ...] = ()
    wall_color: str = "white"  # the placebo of 7.4: it must change nothing

    @classmethod
    def of(cls, levels: dict[str, Any]) -> Scenario:
        """A scenario from a table of levels (a design's cell). Raises `UnknownLever` or `ImpossibleLevel`
        with the name and what is allowed."""
        known = {field.name: field for field in dataclasses.fields(cls)}
        hints = LEVELS
        chosen: dict[str, Any] = {}
        for name, level in levels.items():
            if name not in known:
                raise UnknownLever(name, tuple(known))
            if name in hints:
                try:
                    level = hints[name](level)
                except ValueError:
                    raise ImpossibleLevel(name, level, tuple(hints[name])) from None
            elif name == "closed_exits":
                if not isinstance(level, list | tuple) or not all(isinstance(one, str) for one in level):
                    raise ImpossibleLevel(name, level, ("a list of exits, by their names in the plan",))
                level = tuple(level)
            chosen[name] = level
        scenario = cls(**chosen)
        scenario.check()
        return scenario

    def check(self) -> None:
        """Raises `ImpossibleLevel` where a number is outside of what it can mean."""
        for name in ("propped_share", "announcement_coverage", "without_key_share"):
            share = getattr(self, name)
            if share is not None and (
                isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1
            ):
                raise ImpossibleLevel(name, share, ("a share from 0 to 1",))
        for name, low, high in (("police_median_minutes", 1, 60), ("corridor_width_factor", 0.5, 2)):
            value = getattr(self, name)
            if value is not None and (
                isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high
            ):
                raise ImpossibleLevel(name, value, (f"a number from {low} to {high}",))
        if (
            isinstance(self.officers, bool)
            or not isinstance(self.officers, int)
            or not 1 <= self.officers <= 5
        ):
            raise ImpossibleLevel("officers", self.officers, ("a whole number from 1 to 5",))
        if not isinstance(self.wall_color, str):
            raise ImpossibleLevel("wall_color", self.wall_color, ("a word",))
        for name in ("glazing_treated", "radios_outdoors"):
            if not isinstance(getattr(self, name), bool):
                raise ImpossibleLevel(name, getattr(self, name), ("true", "false"))


LEVELS: dict[str, type[StrEnum]] = {
    "kind": Kind,
    "officer": Officer,
    "doors": Doors,
    "notice": Notice,
    "card": Card,
    "moment": Moment,
    "lock": Lock,
    "training": Training,
    "wording": Wording,
    "guidance": Guidance,
}


class StopBand(StrEnum):
    """What contact with an officer changes: three bands, always all run and shown (2.6)."""

    OPTIMISTIC = "optimistic"
    NEUTRAL = "neutral"
    NEVER = "never"


class HazardStep(StrEnum):
    """The engine repeats a study at half and double the fixed rate, to see whether the order of options holds
    (2.7)."""

    HALF = "half"
    ONE = "one"
    DOUBLE = "double"


@dataclass(frozen=True)
class Layer:
    stop_band: StopBand = StopBand.NEUTRAL
    hazard_step: HazardStep = HazardStep.ONE


class UnknownLever(ValueError):
    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"There is no lever “{name}”. The levers are {', '.join(known)}. Nothing about an "
            "assailant can be set."
        )
        self.name = name


class ImpossibleLevel(ValueError):
    def __init__(self, name: str, level: object, allowed: tuple[object, ...]) -> None:
        super().__init__(f"“{level}” is no level of {name}. Use {' or '.join(str(one) for one in allowed)}.")
        self.name = name
