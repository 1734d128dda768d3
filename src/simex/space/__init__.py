"""The continuous engine: people as bodies on the floor, for evacuation, density and film."""

from .fields import Goal
from .floor import Floor, make_ready
from .model import SHUT, DoorChange, Frames, Outcome, Redirect, Settings, SpaceModel
from .people import NobodyCanStandThere, People
from .placing import TooFull, furnished, seats

__all__ = [
    "SHUT",
    "DoorChange",
    "Floor",
    "Frames",
    "Goal",
    "NobodyCanStandThere",
    "Outcome",
    "People",
    "Redirect",
    "Settings",
    "SpaceModel",
    "TooFull",
    "furnished",
    "make_ready",
    "seats",
]
