"""Stop-watch records of drills, as CSV: one line for one time of one room (simex.md 6). Never a name of a
person."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from dataclasses import dataclass
from pathlib import Path

from simex.files import TooLarge, read_ordinary
from simex.plan.words import plain

COLUMNS = ("drill", "day", "room", "step", "seconds", "outcome")
FAULTS_TOLD = 10
LOCKED = (
    "locked"  # seconds from the end of the announcement until the room was locked; empty when it never was
)
# What a stop-watch can take, and which parameter it replaces.
STEPS = {
    "reaction": "t_pa_react",
    "sweep": "t_sweep",
    "close": "t_close",
    "key found": "t_key_find",
    "key turned": "t_key_turn",
    "button lock": "t_lock_button",
    "outside lock": "t_lock_outside",
    "electronic lock": "t_lock_electronic",
    "hidden": "t_hide",
    "office called": "t_office_call",
    "relayed": "t_relay",
    "decided": "t_decide",
    "spoken by any": "t_speak_any",
    "spoken by office": "t_speak_office",
}
LARGEST_FILE = 5_000_000
SHORTEST_S, LONGEST_S = 0.05, 7200.0


class FaultyRecords(ValueError):
    """The file cannot be used; a line for each fault."""


@dataclass(frozen=True)
class Record:
    """seconds: NaN when it did not happen (only for “locked”). outcome: anything the observer noted, without
    names."""

    drill: str
    day: dt.date
    room: str
    step: str
    seconds: float
    outcome: str = ""


def read_records(path: Path) -> list[Record]:
    """Raises `FaultyRecords` with every faulty line, or OSError."""
    try:
        text = read_ordinary(path, LARGEST_FILE).decode("utf-8-sig")
    except TooLarge as error:
        raise FaultyRecords(f"{path.name}: {error.strerror}. These are no drill records.") from None
    except UnicodeDecodeError:
        raise FaultyRecords(f"{path.name} is not text in UTF-8. Save it as CSV (UTF-8).") from None
    reader = csv.DictReader(io.StringIO(text))
    try:
        named = tuple(reader.fieldnames or ())
        rows = list(reader)
    except csv.Error as error:
        raise FaultyRecords(
            f"{path.name} is no table of comma-separated values: {error}. Save it again as CSV (UTF-8)."
        ) from None
    unknown = [name for name in named if name not in COLUMNS]
    if unknown:
        raise FaultyRecords(
            f"{path.name}: the column {plain(', '.join(unknown))} is not known. Known are "
            f"{', '.join(COLUMNS)}. Names of people do not belong here."
        )
    missing = [name for name in COLUMNS[:-1] if name not in named]
    if missing:
        raise FaultyRecords(f"{path.name}: the column {', '.join(missing)} is missing.")
    records, faults = [], []
    for number, row in enumerate(rows, 2):
        try:
            records.append(_record(row))
        except ValueError as error:
            faults.append(f"{path.name}, line {number}: {error}")
    if faults:
        more = [f"… and {len(faults) - FAULTS_TOLD} more."] if len(faults) > FAULTS_TOLD else []
        raise FaultyRecords("\n".join(faults[:FAULTS_TOLD] + more))
    if not records:
        raise FaultyRecords(f"{path.name} holds no record.")
    return records


def _record(row: dict[str, str | None]) -> Record:
    value = {name: (row.get(name) or "").strip() for name in COLUMNS}
    step = value["step"].lower()
    if step != LOCKED and step not in STEPS:
        raise ValueError(
            f"there is no step “{plain(value['step'], 60)}”. Steps are {LOCKED}, {', '.join(STEPS)}."
        )
    for name in ("drill", "room"):
        if not value[name]:
            raise ValueError(f"“{name}” is empty.")
    try:
        day = dt.date.fromisoformat(value["day"])
    except ValueError:
        raise ValueError(
            f"“{plain(value['day'], 60)}” is no day; write it as 2026-09-30 (in Excel, format the "
            "column as text first)."
        ) from None
    return Record(
        value["drill"], day, value["room"], step, _seconds(value["seconds"], step), value["outcome"]
    )


def _seconds(text: str, step: str) -> float:
    if not text and step == LOCKED:
        return math.nan
    try:
        seconds = float(text)
    except ValueError:
        raise ValueError(f"“{plain(text, 60)}” is no number of seconds.") from None
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise ValueError(
            f"{plain(text, 60)} seconds cannot be; a stop-watch shows {SHORTEST_S:g} to {LONGEST_S:g}."
        )
    return seconds
