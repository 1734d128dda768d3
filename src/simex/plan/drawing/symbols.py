"""How a plan is drawn: colors that a colorblind reader tells apart (Okabe and Ito), and a shape of its own
for each lock, for grey paper."""

from __future__ import annotations

from ..model import LockType, Use

INK, WALL_COLOR, PAPER = "#1f2933", "#6b7280", "#ffffff"
EXIT_COLOR, EMERGENCY_COLOR, ASSEMBLY_COLOR, FAULT_COLOR, REMARK_COLOR = (
    "#007a5a",
    "#007a5a",
    "#0072b2",
    "#b3005e",
    "#8a5a00",
)

FLOORS: dict[Use, str] = {
    Use.CLASSROOM: "#dcebf7",
    Use.CORRIDOR: "#f6f4ee",
    Use.LOBBY: "#f6f4ee",
    Use.STAIRS: "#e3dfd3",
    Use.OFFICE: "#fbe3b8",
    Use.STAFF: "#fbf0d9",
    Use.GYM: "#d5ece3",
    Use.CAFETERIA: "#f6dcd0",
    Use.LIBRARY: "#ecdcea",
    Use.WASHROOM: "#e8eaed",
    Use.STORAGE: "#e8eaed",
    Use.OTHER: "#f0f0f0",
}
USE_WORDS: dict[Use, str] = {
    Use.CLASSROOM: "Classroom",
    Use.CORRIDOR: "Corridor, lobby",
    Use.STAIRS: "Stairs",
    Use.OFFICE: "Office",
    Use.STAFF: "Staff room",
    Use.GYM: "Gym",
    Use.CAFETERIA: "Cafeteria",
    Use.LIBRARY: "Library",
    Use.WASHROOM: "Washroom, storage",
    Use.OTHER: "Other",
}
TOGETHER = {Use.LOBBY: Use.CORRIDOR, Use.STORAGE: Use.WASHROOM}  # drawn alike, one line in the legend
# matplotlib's marker, color, words
LOCKS: dict[LockType, tuple[str, str, str]] = {
    LockType.NO_LOCK: ("X", INK, "no lock"),
    LockType.INSIDE_BUTTON: ("o", "#009e73", "button inside"),
    LockType.INSIDE_KEY: ("s", "#0072b2", "key inside"),
    LockType.OUTSIDE_KEY: ("^", "#d55e00", "key outside"),
    LockType.AUTOMATIC: ("D", "#56b4e9", "locks by closing"),
    LockType.ELECTRONIC: ("P", "#cc79a7", "electronic"),
}
