"""All that is published of a district and a school year as one system of linear facts over counts of cases:
cells, the sums they add up to, parts of wholes, a year beside its first half, kinds of school beside grades.
`ranges.py` asks of it what a reader could work out.

A relation stands in it only where it is true of these counts: a reader who supposes a false one works out
something false. Years share no case, so no relation joins two of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .content_loader import SCHOOL, UNKNOWN, axes
from .counts import Counts, Row
from .tables import ENROLMENT, LOW, NODES, Node, Tables, rows_of

Key = tuple[str, ...]
Terms = tuple[tuple[Key, int], ...]
YEAR, HALF, SECOND, PUBLISHED_HALF, JOINT = "year", "half", "second", "published half", "joint"
# Which groups of grades a kind of school usually has: what a reader takes it to have.
USUAL = {"elementary": {"k_2", "g3_5"}, "middle": {"g6_8"}, "high": {"g9_12"}}
GRADE = "grade"
PARTS = (*NODES.values(), Node(LOW, "assessments", "", "share"))


@dataclass(frozen=True)
class Relation:
    """What is known of a sum of counts. `of_part`: it says how many of a whole are not in its part."""

    terms: Terms
    low: int | None
    high: int | None


@dataclass(frozen=True)
class Cell:
    """A place in the tables: what stands there (`counts`) and what it tells (a count and of how many),
    nothing if it is kept back. `under`: the total without which it is not shown."""

    place: tuple[str, ...]
    counts: tuple[Key, ...]
    tells: tuple[tuple[Key, int], ...]
    under: tuple[str, ...] = ()

    @property
    def is_total(self) -> bool:
        return self.place[-1] == "total"


@dataclass
class LinearFacts:
    fewest: int
    values: dict[Key, int] = field(default_factory=dict)
    # Of those that are no people of a small cell, as a school's grades
    bounds: dict[Key, tuple[int, int | None]] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    rests: list[tuple[Key, Key]] = field(default_factory=list)  # (part, whole)
    later: list[tuple[Key, Key]] = field(default_factory=list)  # (of the year, of its first half)
    known: dict[Key, int] = field(default_factory=dict)  # published before
    kept_back: set[Key] = field(default_factory=set)  # before
    nobody: set[Key] = field(default_factory=set)  # nothing by common knowledge: of grades that no school has

    def put(self, key: Key, value: int) -> Key:
        self.values.setdefault(key, value)
        return key

    def sum_of(self, terms: Terms) -> int:
        return sum(times * self.values[key] for key, times in terms)

    def equal(self, whole: Key, parts: Iterable[Key]) -> None:
        terms = ((whole, 1), *((part, -1) for part in parts))
        if len(terms) > 1 and self.sum_of(terms) == 0:
            self.relations.append(Relation(terms, 0, 0))

    def part(self, part: Key, whole: Key) -> None:
        if part != whole and self.values[part] <= self.values[whole]:
            self.rests.append((part, whole))

    def after(self, year: Key, half: Key) -> None:
        if self.values[half] <= self.values[year]:
            self.later.append((year, half))

    def primary(self, key: Key) -> bool:
        return self.values[key] < self.fewest

    def keep_back(self, cells: Iterable[Cell]) -> None:
        """What other tables do not show."""
        self.kept_back |= {
            key for cell in cells if not cell.tells for key in cell.counts if key in self.values
        }

    def close(self) -> None:
        """The rests and the later counts, with what a reader knows of them who knows which are small."""
        for part, whole in self.rests:
            rest = self.values[whole] - self.values[part]
            self.relations.append(
                Relation(((whole, 1), (part, -1)), 0, self.fewest - 1 if rest < self.fewest else None)
            )
        for year, half in self.later:
            small = half in self.known and self.values[year] - self.values[half] < self.fewest
            self.relations.append(Relation(((year, 1), (half, -1)), 0, self.fewest - 1 if small else None))

    def secrets(self) -> list[Terms]:
        """What must stay uncertain while it is not told: every count, if it is small or kept back; every
        small rest; every small count that came later."""
        single: list[Terms] = [
            ((key, 1),) for key in self.values if key[0] != JOINT and key not in self.nobody
        ]
        pairs = [*self.rests, *((half, year) for year, half in self.later if half in self.known)]
        return single + [
            ((whole, 1), (part, -1))
            for part, whole in pairs
            if self.values[whole] - self.values[part] < self.fewest and whole not in self.nobody
        ]


def of_counts(
    facts: LinearFacts,
    when: str,
    counts: Counts,
    rows: Mapping[str, Row],
    parts: Mapping[str, tuple[int, int]],
) -> None:
    """The counts of a period, by group and as statistics. `rows`: the tables of the statistics; `parts`: so
    many of so many."""
    for axis in [*axes(), *([SCHOOL] if when == YEAR and counts.levels else [])]:
        _of_axis(facts, when, axis, rows_of(counts, axis))
    for node in PARTS:
        if {(when, node.key), (when, node.of)} <= set(facts.values):
            facts.part((when, node.key), (when, node.of))
    if (when, LOW) in facts.values:
        facts.equal((when, "assessments"), [(when, "raised"), (when, LOW)])
    _of_statistics(facts, when, rows, parts)
    if when == YEAR and counts.levels:
        _of_schools_and_grades(facts, counts)


def count(when: str, node: str, axis: str, group: str) -> Key:
    return (ENROLMENT, axis, group) if node == ENROLMENT else (when, node, axis, group)


def sum_key(facts: LinearFacts, when: str, node: str, axis: str, row: Row) -> Key:
    """The total of a node, which is one number for all axes; by an axis that does not have all cases, a
    number of its own."""
    if node == ENROLMENT:
        return facts.put((ENROLMENT, axis), sum(row.values()))
    key = facts.put((when, node), sum(row.values()))
    return key if facts.values[key] == sum(row.values()) else facts.put((when, node, axis), sum(row.values()))


def _of_axis(facts: LinearFacts, when: str, axis: str, rows: Mapping[str, Row]) -> None:
    for node, row in rows.items():
        for group, value in row.items():
            facts.put(count(when, node, axis, group), value)
        if row:
            facts.equal(
                sum_key(facts, when, node, axis, row), [count(when, node, axis, group) for group in row]
            )
    for part in PARTS:
        for group in rows[part.key]:
            if group in rows[part.of]:
                facts.part(count(when, part.key, axis, group), count(when, part.of, axis, group))
    for group in rows[LOW]:
        facts.equal(
            count(when, "assessments", axis, group),
            [count(when, "raised", axis, group), count(when, LOW, axis, group)],
        )
    if rows[ENROLMENT]:
        facts.part(sum_key(facts, when, "referrals", axis, rows["referrals"]), (ENROLMENT, axis))


# Parts of the statistics whose numbers are totals of the tables by group: (count, whole).
SAME: dict[str, tuple[str, str]] = {
    "judged": ("assessments", "referrals"),
    "self_harm": ("", "assessments"),
    "told": ("", "assessments"),
    "to_screening": ("", "referrals"),
    "to_judgement": ("assessments", "referrals"),
    "to_close": ("ended", "referrals"),
}


def part_keys(when: str, name: str) -> tuple[Key, Key]:
    part, whole = SAME.get(name, ("", ""))
    return (when, part) if part else (when, name, "count"), (when, whole) if whole else (when, name, "of")


def row_keys(when: str, name: str, groups: Iterable[str]) -> tuple[Key, dict[str, Key]]:
    """(the sum, each cell) of a table of the statistics. The months of a first half are the same in its
    year."""
    whole: Key = (when, "referrals")
    if name == "concerns":
        return whole, dict.fromkeys(groups, whole)
    if name == "months_1":
        whole = (HALF, "referrals")
    elif name == "months_2":
        whole = (SECOND, "referrals")
    return whole, {
        group: (name, group) if name.startswith("months") else (when, name, group) for group in groups
    }


def _of_statistics(
    facts: LinearFacts, when: str, rows: Mapping[str, Row], parts: Mapping[str, tuple[int, int]]
) -> None:
    for name, row in rows.items():
        whole, cells = row_keys(when, name, row)
        facts.put(whole, sum(row.values()))
        if name != "concerns":
            for group, value in row.items():
                facts.put(cells[group], value)
            facts.equal(whole, cells.values())
    for name, (many, of) in parts.items():
        part, whole = part_keys(when, name)
        facts.part(facts.put(part, many), facts.put(whole, of))
        if name not in SAME:
            facts.part(whole, (when, "referrals"))
    told = (when, "told", "count")
    if {told, (when, "told_raised")} <= set(facts.values):
        facts.equal(told, [(when, "told_raised"), (when, "told_low")])
    open_, ended, reopened = (when, "outcome", "open"), (when, "ended"), (when, "reopened")
    if {open_, ended} <= set(facts.values):
        # Whatever is closed was once closed first
        closed: Terms = ((ended, 1), (open_, 1), ((when, "referrals"), -1))
        if facts.sum_of(closed) >= 0:
            facts.relations.append(Relation(closed, 0, None))
        # Whatever was closed and is open was opened again
        again: Terms = ((reopened, 1), *((key, -times) for key, times in closed))
        if reopened in facts.values and facts.sum_of(again) >= 0:
            facts.relations.append(Relation(again, 0, None))


def _of_schools_and_grades(facts: LinearFacts, counts: Counts) -> None:
    """Schools of one kind, with the same grades: their cases are of students of those grades, or of nobody
    known. So the tables by kind of school, by school and by grade are margins of one table that nobody
    sees."""
    alike: dict[tuple[str, ...], list[str]] = {}
    grades = list(axes()[GRADE].groups)
    for school, level in counts.levels.items():
        taught = counts.taught.get(school) or set(grades)
        alike.setdefault(
            (level, *(one for one in grades if one in taught & USUAL.get(level, set(grades)))), []
        ).append(school)
    nodes = [*NODES, LOW]
    for kind, schools in alike.items():
        for node in nodes:
            for grade in [*grades, UNKNOWN]:
                value = sum(_joint(counts, node, school, grade) for school in schools)
                key = facts.put((JOINT, node, *kind, "/", grade), value)
                facts.bounds[key] = (0, 0 if grade not in (*kind, UNKNOWN) and value == 0 else None)
    taught = {grade for kind in alike for grade in kind}
    facts.nobody |= {
        key
        for key, value in facts.values.items()
        if key[-2] == GRADE and key[-1] not in taught | {UNKNOWN} and not value
    }
    for node in nodes:
        for kind, schools in alike.items():
            terms = [((JOINT, node, *kind, "/", grade), 1) for grade in [*grades, UNKNOWN]]
            _holds(facts, (*terms, *((count(YEAR, node, SCHOOL, school), -1) for school in schools)))
        for grade in [*grades, UNKNOWN]:
            terms = [((JOINT, node, *kind, "/", grade), 1) for kind in alike]
            _holds(facts, (*terms, (count(YEAR, node, GRADE, grade), -1)))
    for part in PARTS:
        if part.of != ENROLMENT:
            for kind in alike:
                for grade in [*grades, UNKNOWN]:
                    terms = [
                        ((JOINT, part.of, *kind, "/", grade), 1),
                        ((JOINT, part.key, *kind, "/", grade), -1),
                    ]
                    if facts.sum_of(tuple(terms)) >= 0:
                        facts.relations.append(Relation(tuple(terms), 0, None))
    for level in set(counts.levels.values()):
        of_level = [
            count(YEAR, "referrals", SCHOOL, school) for school, one in counts.levels.items() if one == level
        ]
        if (YEAR, "level", level) in facts.values:
            facts.equal((YEAR, "level", level), of_level)


def _joint(counts: Counts, node: str, school: str, grade: str) -> int:
    if node == LOW:
        return counts.grades["assessments"][school, grade] - counts.grades["raised"][school, grade]
    return counts.grades[node][school, grade]


def _holds(facts: LinearFacts, terms: Terms) -> None:
    if facts.sum_of(terms) == 0:
        facts.relations.append(Relation(terms, 0, 0))


def beside_first_half(facts: LinearFacts) -> None:
    """A year holds its first half: of each count, no fewer. Whatever holds within the first half holds within
    the second too, which is the rest of the year: no more were judged in it than were referred in it."""
    _second_half(facts)
    for key in list(facts.values):
        if key[0] == HALF and (YEAR, *key[1:]) in facts.values:
            facts.after((YEAR, *key[1:]), key)
    if {(YEAR, "referrals"), (HALF, "referrals"), (SECOND, "referrals")} <= set(facts.values):
        facts.equal((YEAR, "referrals"), [(HALF, "referrals"), (SECOND, "referrals")])


def _second_half(facts: LinearFacts) -> None:
    of_parts = [Relation(((whole, 1), (part, -1)), 0, None) for part, whole in facts.rests]
    for one in [*facts.relations, *of_parts]:
        if all(key[0] == HALF and (YEAR, *key[1:]) in facts.values for key, _times in one.terms):
            terms = tuple(
                term for key, times in one.terms for term in (((YEAR, *key[1:]), times), (key, -times))
            )
            value = facts.sum_of(terms)
            if (one.low is None or one.low <= value) and (one.high is None or value <= one.high):
                facts.relations.append(Relation(terms, one.low, one.high))


def published_before(facts: LinearFacts, when: str, cells: Sequence[Cell]) -> None:
    """Numbers that stand published for good. Where a case has moved on since, the published number is one of
    its own, which the year is laid beside."""
    facts.keep_back(cells)
    for key, value in sorted({told for cell in cells for told in cell.tells}):
        if facts.values.get(key) == value:
            facts.known[key] = value
        elif when == HALF and (YEAR, *key[1:]) in facts.values:
            own = facts.put((PUBLISHED_HALF, *key[1:]), value)
            facts.known[own] = value
            facts.after((YEAR, *key[1:]), own)


def cells_of_equity(facts: LinearFacts, when: str, counts: Counts, made: Tables) -> list[Cell]:
    """Those of a half year are shown whole or not at all."""
    found: list[Cell] = []
    for name, table in made.items():
        node, _slash, axis = name.partition("/")
        if axis:
            of, rows = NODES[node].of, rows_of(counts, axis)
            whole = sum_key(facts, when, node, axis, rows[node]), sum_key(facts, when, of, axis, rows[of])
            found.append(_cell((name, "total"), whole, table["total"]))
            cells = [
                _cell(
                    (name, "rows", group),
                    (count(when, node, axis, group), count(when, of, axis, group)),
                    cell,
                    under=(name, "total"),
                )
                for group, cell in table["rows"].items()
            ]
            found += [_together(name, cells)] if when == HALF else cells
        elif name in OWN_PARTS:
            found.append(_cell((name,), part_keys(when, name), table))
    return found


OWN_PARTS = ("mdr_done", "iep_present")


def cells_of_statistics(when: str, made: Tables) -> list[Cell]:
    found: list[Cell] = []
    for name, table in made.items():
        if table is None or "rows" not in table:
            place = (name, "count") if table is not None and "ninetieth" in table else (name,)
            found.append(_cell(place, part_keys(when, name), table))
        else:
            whole, keys = row_keys(when, name, table["rows"])
            found.append(_cell((name, "total"), (whole,), _alone(table["total"])))
            cells = [
                _cell((name, "rows", group), (keys[group],), _alone(value), under=(name, "total"))
                for group, value in table["rows"].items()
            ]
            found += [_together(name, cells)] if when == HALF and not name.startswith("months") else cells
    return found


def _alone(value: int | None) -> dict[str, int | None]:
    return {"count": value, "of": None}


def _cell(
    place: tuple[str, ...],
    keys: tuple[Key, ...],
    cell: Mapping[str, int | None] | None,
    *,
    under: tuple[str, ...] = (),
) -> Cell:
    told = zip(keys, (cell["count"], cell["of"]), strict=False) if cell else ()
    return Cell(place, keys[:1], tuple((key, value) for key, value in told if value is not None), under)


def _together(name: str, cells: list[Cell]) -> Cell:
    return Cell(
        (name, "rows"),
        tuple(key for cell in cells for key in cell.counts),
        tuple(told for cell in cells for told in cell.tells),
        (name, "total"),
    )
