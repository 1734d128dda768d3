"""What a run is measured by (simex.md 5): one table that the engines fill, the analysis reads and the report
prints."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scale(StrEnum):
    """Which analysis fits (simex.md 4.5)."""

    TIME = "time"  # seconds after onset, censored at the horizon
    PROPORTION = "proportion"  # 0 to 1
    COUNT = "count"  # people, rooms
    CONTINUOUS = "continuous"


@dataclass(frozen=True)
class Measure:
    """One column of a table of runs.

    column: its name there. code: M1 to M26. unit: of the number. better: "more" or "less". core: one of the
    four of the comparison with SIMEX 20-6. A time that did not come before the horizon is stored as NaN in
    its column (never as the horizon); `horizon_s` of the table says when that was."""

    column: str
    code: str
    title: str
    unit: str
    scale: Scale
    better: str
    core: bool = False
    hazard: bool = False  # has a meaning only in runs with a hazard
    relative_only: bool = False  # shown as a ratio between conditions, never as a number (2.1)


MEASURES = (
    Measure("recognition_s", "M1", "Time to first recognition", "s", Scale.TIME, "less"),
    Measure("notification_s", "M2", "Time to first announcement", "s", Scale.TIME, "less", core=True),
    Measure("informed_half_s", "M3", "Half of all people informed", "s", Scale.TIME, "less"),
    Measure("informed_most_s", "M3", "Nine of ten people informed", "s", Scale.TIME, "less"),
    Measure(
        "room_lockdown_mean_s",
        "M4",
        "Time until a room is locked (mean to the horizon)",
        "s",
        Scale.CONTINUOUS,
        "less",
        core=True,
    ),
    Measure("room_lockdown_half_s", "M4", "Half of the rooms locked", "s", Scale.TIME, "less"),
    Measure("room_lockdown_most_s", "M4", "Nine of ten rooms locked", "s", Scale.TIME, "less"),
    Measure(
        "rooms_self_started",
        "M4",
        "Share of locked rooms that started by themselves",
        "share",
        Scale.PROPORTION,
        "more",
    ),
    Measure(
        "rooms_completed", "M5", "Rooms that complete lockdown", "share", Scale.PROPORTION, "more", core=True
    ),
    Measure("rooms_locked", "M5", "Rooms that are locked", "share", Scale.PROPORTION, "more"),
    Measure(
        "rooms_before_hazard",
        "M5",
        "Rooms locked before danger is near",
        "share",
        Scale.PROPORTION,
        "more",
        hazard=True,
    ),
    Measure("school_lockdown_s", "M6", "All rooms locked", "s", Scale.TIME, "less"),
    Measure(
        "behind_locked_door",
        "M7",
        "People behind a locked door at the end",
        "share",
        Scale.PROPORTION,
        "more",
    ),
    Measure(
        "behind_locked_door_person_min",
        "M7",
        "Time behind a locked door in the first five minutes",
        "person-min",
        Scale.CONTINUOUS,
        "more",
    ),
    Measure("students_safe", "M8", "Students safe at the end", "share of students", Scale.PROPORTION, "more"),
    Measure(
        "students_safe_5min",
        "M8",
        "Students safe after five minutes",
        "share of students",
        Scale.PROPORTION,
        "more",
    ),
    Measure(
        "students_reported_safe",
        "M9",
        "Students reported safe at the end",
        "share of students",
        Scale.PROPORTION,
        "more",
        core=True,
    ),
    Measure(
        "students_reported_safe_5min",
        "M9",
        "Students reported safe after five minutes",
        "share of students",
        Scale.PROPORTION,
        "more",
    ),
    Measure(
        "exposed_peak",
        "M10",
        "Most people in sight of danger at once",
        "people",
        Scale.COUNT,
        "less",
        hazard=True,
        relative_only=True,
    ),
    Measure(
        "exposure_person_s",
        "M11",
        "Exposure",
        "person-s",
        Scale.CONTINUOUS,
        "less",
        hazard=True,
        relative_only=True,
    ),
    Measure(
        "hazard_count",
        "M12",
        "Abstract hazard count",
        "ratio",
        Scale.COUNT,
        "less",
        core=True,
        hazard=True,
        relative_only=True,
    ),
    Measure(
        "first_meeting_s",
        "M13",
        "Danger meets the first unsecured occupied zone",
        "s",
        Scale.TIME,
        "more",
        hazard=True,
    ),
    Measure("officer_notified_s", "M14", "Officer knows", "s", Scale.TIME, "less"),
    Measure("officer_contact_s", "M14", "Officer at the place", "s", Scale.TIME, "less", hazard=True),
    Measure("call_received_s", "M15", "911 call answered", "s", Scale.TIME, "less"),
    Measure("police_dispatched_s", "M15", "Police dispatched", "s", Scale.TIME, "less"),
    Measure("police_on_site_s", "M15", "Police on site", "s", Scale.TIME, "less"),
    Measure("police_contact_s", "M15", "Police at the place", "s", Scale.TIME, "less", hazard=True),
    Measure(
        "margin_positive", "M16", "Rooms that win the race", "share", Scale.PROPORTION, "more", hazard=True
    ),
    Measure(
        "margin_s",
        "M16",
        "Time to spare when danger comes near (mean)",
        "s",
        Scale.CONTINUOUS,
        "more",
        hazard=True,
    ),
    Measure(
        "stranded_60s", "M17", "Students with no locked room after one minute", "people", Scale.COUNT, "less"
    ),
    Measure(
        "stranded_120s",
        "M17",
        "Students with no locked room after two minutes",
        "people",
        Scale.COUNT,
        "less",
    ),
    Measure("locked_out", "M18", "Students who came to a locked door", "people", Scale.COUNT, "less"),
    Measure(
        "adult_corridor_person_s",
        "M19",
        "Adults in the corridor to lock",
        "person-s",
        Scale.CONTINUOUS,
        "less",
    ),
    Measure("evacuation_most_s", "M20", "95 of 100 people outside", "s", Scale.TIME, "less"),
    Measure("evacuation_all_s", "M20", "All people outside", "s", Scale.TIME, "less"),
    Measure(
        "exit_imbalance", "M21", "Largest share of people through one exit", "share", Scale.PROPORTION, "less"
    ),
    Measure("exit_flow", "M21", "Flow through the busiest exit", "1/(s m)", Scale.CONTINUOUS, "more"),
    Measure(
        "density_most",
        "M22",
        "Local density that is passed for one second in twenty",
        "1/m2",
        Scale.CONTINUOUS,
        "less",
    ),
    Measure("density_max", "M22", "Highest local density", "1/m2", Scale.CONTINUOUS, "less"),
    Measure(
        "crowded_person_s",
        "M22",
        "Time above four people a square metre",
        "person-s",
        Scale.CONTINUOUS,
        "less",
    ),
    Measure(
        "assembly_distance_min_m",
        "M23",
        "Least distance from the building at assembly",
        "m",
        Scale.CONTINUOUS,
        "more",
    ),
    Measure(
        "beyond_standoff", "M23", "People beyond the stand-off distance", "share", Scale.PROPORTION, "more"
    ),
    Measure("reunified_per_hour", "M24", "Students handed over in an hour", "1/h", Scale.CONTINUOUS, "more"),
    Measure(
        "reunification_wait_most_min",
        "M24",
        "Nine of ten families wait no longer",
        "min",
        Scale.CONTINUOUS,
        "less",
    ),
    Measure(
        "safe_ratio_mobility",
        "M25",
        "Safe: people with limited mobility, against all",
        "ratio",
        Scale.CONTINUOUS,
        "more",
    ),
    Measure(
        "stranded_ratio_mobility",
        "M25",
        "Stranded: people with limited mobility, against all",
        "ratio",
        Scale.CONTINUOUS,
        "less",
    ),
    Measure(
        "safe_ratio_hearing",
        "M25",
        "Safe: people who hear little, against all",
        "ratio",
        Scale.CONTINUOUS,
        "more",
    ),
    Measure(
        "stranded_ratio_hearing",
        "M25",
        "Stranded: people who hear little, against all",
        "ratio",
        Scale.CONTINUOUS,
        "less",
    ),
    Measure(
        "safe_ratio_language",
        "M25",
        "Safe: people at home in another language, against all",
        "ratio",
        Scale.CONTINUOUS,
        "more",
    ),
    Measure(
        "stranded_ratio_language",
        "M25",
        "Stranded: people at home in another language, against all",
        "ratio",
        Scale.CONTINUOUS,
        "less",
    ),
    Measure(
        "evacuation_ratio_mobility",
        "M25",
        "Evacuation time: people with limited mobility, against all",
        "ratio",
        Scale.CONTINUOUS,
        "less",
    ),
    Measure("in_place_most_s", "M20", "95 of 100 people where they are to be", "s", Scale.TIME, "less"),
    Measure("in_place_all_s", "M20", "All people where they are to be", "s", Scale.TIME, "less"),
    Measure("perimeter_locked_s", "M6", "All outer doors locked", "s", Scale.TIME, "less"),
    Measure("refuge_overflow", "M17", "People for whom no refuge had room", "people", Scale.COUNT, "less"),
    Measure(
        "false_alarm_person_h",
        "M26",
        "Burden of false alarms in a year",
        "person-h",
        Scale.CONTINUOUS,
        "less",
    ),
)
BY_COLUMN = {measure.column: measure for measure in MEASURES}
CORE = tuple(measure for measure in MEASURES if measure.core)
