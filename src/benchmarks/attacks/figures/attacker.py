"""Who reads everything that was published of a school year and works out by integer programming what was kept
back. Knows the rule, which numbers were small, and which grades a kind of school has. Written apart from the
product's own audit: in halves, and school by school."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import highspy

from security_center.equity.content_loader import SCHOOL, UNKNOWN, axes
from security_center.equity.counts import TRUE_OF, Counts

from .districts import KINDS, District

INSIDE = {
    "assessments": "referrals", "raised": "assessments", "low": "assessments", "told_raised": "raised",
    "told_low": "low",
    "supported": "assessments", "removed": "assessments", "ended": "referrals", "reopened": "ended",
}  # fmt: skip
NODES = ("referrals", *INSIDE)
Sum = dict[Any, int]  # unknown → how many times
SAME = {"judged": "assessments", "to_judgement": "assessments", "to_close": "ended"}
KNOWN_PARTS = ("told", *SAME)
OF = {
    **dict.fromkeys(("judged", "to_judgement", "to_close", "to_screening"), "referrals"),
    "self_harm": "assessments",
    "told": "assessments",
}


class FalseEquation(Exception):
    """An equation of the attack is not true of the counts, or the equations have no answer: the attack itself
    is at fault."""


class Attacker:
    """`counts`: what is true, to say which numbers were small and to check that the equations are."""

    def __init__(
        self, district: District, year: Counts, published: Mapping[tuple[str, str], Mapping[str, Any]]
    ) -> None:
        self.district, self.published = district, published
        self.truth: dict[Any, int] = {}
        self.rows: list[tuple[Sum, int, float]] = []
        self.hidden: dict[str, Sum] = {}
        self._unknowns(year, year.first_half or Counts())
        for (kind, period), tables in published.items():
            self._read(kind, "half" if period.endswith("-1") else "year", tables)

    def _put(self, name: Any, value: int) -> Any:
        if self.truth.setdefault(name, value) != value:
            raise FalseEquation(name)
        return name

    def _true(self, terms: Sum) -> int:
        return sum(times * self.truth[name] for name, times in terms.items())

    def _is(self, terms: Sum, low: int, high: float) -> None:
        if not low <= self._true(terms) <= high:
            raise FalseEquation(terms)
        self.rows.append((terms, low, high))

    def _unknowns(self, year: Counts, half: Counts) -> None:
        for axis in axes():
            groups = [*axes()[axis].groups, UNKNOWN]
            for node in NODES:
                for when, value in (
                    ("1", self._counts(half, axis, node)),
                    ("2", self._counts(year, axis, node) - self._counts(half, axis, node)),
                ):
                    total = self._put((when, node), sum(value[group] for group in groups))
                    cells = [self._put((when, node, axis, group), value[group]) for group in groups]
                    self._is({total: -1, **dict.fromkeys(cells, 1)}, 0, 0)
        names: list[tuple[str, ...]] = [
            (),
            *((axis, group) for axis in axes() for group in [*axes()[axis].groups, UNKNOWN]),
        ]
        for name in names:
            for when in "12":
                for part, of in INSIDE.items():
                    self._is({(when, of, *name): 1, (when, part, *name): -1}, 0, highspy.kHighsInf)
                self._is(
                    {(when, "assessments", *name): 1, (when, "raised", *name): -1, (when, "low", *name): -1},
                    0,
                    0,
                )
        self._schools(year)

    @staticmethod
    def _counts(counts: Counts, axis: str, node: str) -> Counter[str]:
        found = counts.axes[axis].counts
        return found["assessments"] - found["raised"] if node == "low" else Counter(found[node])

    def _schools(self, year: Counts) -> None:
        grades = [*axes()["grade"].groups, UNKNOWN]
        for node in NODES:
            seats: defaultdict[str, list[Any]] = defaultdict(list)
            joint: Counter[tuple[str, str]] = Counter()
            for facts, groups in self.district.cases:
                raised = TRUE_OF["raised"](facts)
                if (TRUE_OF["assessments"](facts) and not raised) if node == "low" else TRUE_OF[node](facts):
                    joint[facts.case.school.slug, groups.get("grade", UNKNOWN)] += 1
            for school, kind in self.district.schools.items():
                mine = [
                    self._put(("joint", node, school, grade), joint[school, grade])
                    for grade in grades
                    if grade in KINDS[kind] or grade == UNKNOWN
                ]
                for name in mine:
                    seats[name[-1]].append(name)
                cell = self._put(("year", node, SCHOOL, school), sum(self.truth[name] for name in mine))
                self._is({cell: -1, **dict.fromkeys(mine, 1)}, 0, 0)
            for grade in grades:
                self._is(
                    {
                        ("1", node, "grade", grade): -1,
                        ("2", node, "grade", grade): -1,
                        **dict.fromkeys(seats[grade], 1),
                    },
                    0,
                    0,
                )
        for part, of in INSIDE.items():
            for school in self.district.schools:
                self._is(
                    {("year", of, SCHOOL, school): 1, ("year", part, SCHOOL, school): -1},
                    0,
                    highspy.kHighsInf,
                )

    def _at(self, when: str, *name: str) -> Sum:
        return {("1", *name): 1} if when == "half" else {("1", *name): 1, ("2", *name): 1}

    def _cell(self, label: str, terms: Sum, shown: int | None) -> None:
        if shown is not None:
            self._is(terms, shown, shown)
        else:
            self.hidden[label] = terms
            self._is(terms, 0, 9 if self._true(terms) < 10 else highspy.kHighsInf)

    def _read(self, kind: str, when: str, tables: Mapping[str, Any]) -> None:
        for name, table in tables.items():
            label = f"{when} {kind} {name}"
            if kind == "equity" and "/" in name:
                node, _slash, axis = name.partition("/")
                self._by_group(label, when, node, axis, table)
            elif kind == "statistics" and table is not None and "rows" in table:
                self._statistics(label, when, name, table)
            elif kind == "statistics" and (name in KNOWN_PARTS or (table and table["count"] is not None)):
                self._part(label, when, name, table or {"count": None, "of": None})

    def _part(self, label: str, when: str, name: str, table: Mapping[str, int | None]) -> None:
        """So many of so many. One that is not shown is asked where other tables say of what it is the sum."""
        whole = self._at(when, OF[name]) if name in OF else {(when, name, "of"): 1}
        part = self._at(when, SAME[name]) if name in SAME else {(when, name): 1}
        if name == "told":
            counted = {one: -1 for node in ("told_raised", "told_low") for one in self._at(when, node)}
            self.truth.setdefault((when, "told"), -self._true(counted))
            self._is({(when, "told"): 1, **counted}, 0, 0)
        for terms, key in ((whole, "of"), (part, "count")):
            for one in terms:
                self.truth.setdefault(one, table[key] or 0)
            if table[key] is not None or key == "count":
                self._cell(f"{label} {key}", terms, table[key])

    def _by_group(self, label: str, when: str, node: str, axis: str, table: Mapping[str, Any]) -> None:
        of = INSIDE.get(node)
        self._cell(f"{label} total", self._at(when, node), table["total"] and table["total"]["count"])
        if of and table["total"]:
            self._cell(f"{label} of", self._at(when, of), table["total"]["of"])
        for group, cell in table["rows"].items():
            mine, whole = (
                {("year", one, SCHOOL, group): 1} if axis == SCHOOL else self._at(when, one, axis, group)
                for one in (node, of or node)
            )
            self._cell(f"{label} {group}", mine, cell and cell["count"])
            if of and cell:
                self._cell(f"{label} {group} of", whole, cell["of"])

    def _statistics(self, label: str, when: str, name: str, table: Mapping[str, Any]) -> None:
        whole = self._at(when, "referrals") if not name.startswith("months") else {(name[-1], "referrals"): 1}
        self._cell(f"{label} total", whole, table["total"])
        if name == "concerns" or not table["rows"]:
            return
        cells = []
        for group, value in table["rows"].items():
            true = self._statistic(when, name, group)
            cell = self._put((name, group) if name.startswith("months") else (when, name, group), true)
            cells.append(cell)
            self._cell(f"{label} {group}", {cell: 1}, value)
            if name == "level":
                of_kind = [
                    ("year", "referrals", SCHOOL, school)
                    for school, kind in self.district.schools.items()
                    if kind == group
                ]
                self._is({cell: -1, **dict.fromkeys(of_kind, 1)}, 0, 0)
        self._is({**dict.fromkeys(cells, 1), **dict.fromkeys(whole, -1)}, 0, 0)
        # What is not open was closed once, and what was closed once and is open was opened again
        if name == "outcome":
            closed = [cell for cell in cells if cell[-1] != "open"]
            ended, reopened = self._at(when, "ended"), self._at(when, "reopened")
            self._is({**dict.fromkeys(ended, 1), **dict.fromkeys(closed, -1)}, 0, highspy.kHighsInf)
            self._is(
                {**dict.fromkeys(closed, 1), **dict.fromkeys(ended, -1), **dict.fromkeys(reopened, 1)},
                0,
                highspy.kHighsInf,
            )

    def _statistic(self, when: str, name: str, group: str) -> int:
        cases = [
            facts.case
            for facts, _groups in self.district.cases
            if when == "year" or facts.case.opened_at.year == 2025
        ]
        if name == "level":
            return sum(1 for case in cases if case.school.level == group)
        if name == "origin":
            return sum(1 for case in cases if case.origin == group)
        if name == "outcome":
            return sum(1 for case in cases if (case.close_reason or "open") == group)
        return sum(1 for case in cases if case.opened_at.strftime("%Y-%m") == group)

    def found_out(self, apart: int) -> list[tuple[str, int, int]]:
        """What was kept back and is known within less than `apart`, with its least and greatest value."""
        names = list(self.truth)
        place = {name: number for number, name in enumerate(names)}
        plain, whole = (self._program(place, integers=integers) for integers in (False, True))
        asked = {
            label: [(place[name], times) for name, times in terms.items()]
            for label, terms in self.hidden.items()
        }
        schools = {grade for kind in self.district.schools.values() for grade in KINDS[kind]}
        nobody = [f" {grade}" for grade in axes()["grade"].groups if grade not in schools]
        left = {label for label in asked if not label.endswith(tuple(nobody))}
        ends = {label: (self._true(terms),) * 2 for label, terms in self.hidden.items()}
        chance = random.Random(2)  # noqa: S311 - which numbers are tried together

        def solve(program: Any, costs: Mapping[int, float]) -> list[int] | None:
            program.changeColsCost(
                len(names), list(range(len(names))), [-costs.get(one, 0.0) for one in range(len(names))]
            )
            program.run()
            values = list(program.getSolution().col_value)
            solution = [round(value) for value in values]
            if any(abs(a - b) > 1e-5 for a, b in zip(values, solution, strict=True)):
                return None
            for label in list(left):
                value = sum(times * solution[one] for one, times in asked[label])
                low, high = ends[label]
                ends[label] = min(low, value), max(high, value)
                if ends[label][1] - ends[label][0] >= apart:
                    left.discard(label)
            return solution

        for _try in range(40):
            costs: dict[int, float] = {}
            for label in chance.sample(sorted(left), (len(left) + 2) // 3):
                sign = chance.choice((-1, 1))
                for one, times in asked[label]:
                    costs[one] = costs.get(one, 0) + sign * times * chance.random()
            solve(plain, costs)
        found = []
        for label in sorted(left):
            for sign in (1, -1):
                if label in left:
                    costs = {one: float(sign * times) for one, times in asked[label]}
                    if not (solve(plain, costs) or solve(whole, costs)):
                        raise FalseEquation(label)
            if label in left:
                found.append((label, *ends[label]))
        return found

    def _program(self, place: Mapping[Any, int], *, integers: bool) -> Any:
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = len(place), len(self.rows)
        program.col_cost_, program.col_lower_, program.col_upper_ = (
            [0.0] * len(place),
            [0.0] * len(place),
            [5000.0] * len(place),
        )
        program.row_lower_, program.row_upper_ = (
            [float(low) for _terms, low, _high in self.rows],
            [float(high) for _terms, _low, high in self.rows],
        )
        matrix = program.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        starts = [0]
        for terms, _low, _high in self.rows:
            starts.append(starts[-1] + len(terms))
        matrix.start_ = starts
        matrix.index_ = [place[name] for terms, _low, _high in self.rows for name in terms]
        matrix.value_ = [float(times) for terms, _low, _high in self.rows for times in terms.values()]
        if integers:
            program.integrality_ = [highspy.HighsVarType.kInteger] * len(place)
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.setOptionValue("output_flag", False)
        solver.passModel(program)
        return solver
