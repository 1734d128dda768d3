"""What a reader could work out: the least and the greatest value that each number can have which is not
published, by integer programming (HiGHS), and what to keep back besides so that the two are far enough apart.

The only module that loads the solver, and only the worker's figures call it.
"""

from __future__ import annotations

import ctypes
import os
import random
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from .linear_facts import Key, LinearFacts

APART = 5  # the least and the greatest value of whatever is kept back differ by so much at least
_ROUNDS, _IDLE = 40, 5  # solutions that try many numbers at once, before each is asked by itself
# Of the solver's search for what to keep back: a bound in work, so that a slow machine keeps back the same
_NODES = 200
_MOVED = 1e-4
_FAR = 10_000  # above its true value; further than any range that is asked for

Narrow = tuple[int, int, int]  # (number of what is asked, its least value, its greatest)


@lru_cache(maxsize=1)
def _let_it_say_who_it_is() -> None:
    """Once a process the solver prints its name and version whatever its options are, as if another program
    ran in the midst of ours."""
    import highspy

    shown, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        highspy.Highs().setOptionValue("output_flag", False)  # type: ignore[no-untyped-call]
        ctypes.CDLL(None).fflush(None)
    finally:
        os.dup2(shown, 1)
        os.close(shown)
        os.close(nowhere)


def _silent_solver() -> Any:
    import highspy

    _let_it_say_who_it_is()
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    return solver


class Ranges:
    """The system of linear facts as the solver holds it. `told`: what is published; all else is known within
    its bounds only."""

    def __init__(self, facts: LinearFacts) -> None:
        self.facts = facts
        self.keys = list(facts.values)
        self.place = {key: number for number, key in enumerate(self.keys)}
        self.true = [facts.values[key] for key in self.keys]
        self.free = [self._free(key) for key in self.keys]
        self.rows = [
            ([(self.place[key], times) for key, times in one.terms], one.low, one.high)
            for one in facts.relations
        ]
        self.chance = random.Random(1)  # noqa: S311 - which numbers are tried together; the same each time
        self.model = self._model(self.free, [], whole=False)
        self.whole_model = self._model(self.free, [], whole=True)
        self.asked = [[(self.place[key], times) for key, times in terms] for terms in facts.secrets()]
        self.told, self.kept_back = set[int](), set[int]()
        self.tried = 0
        # Of each number that is not known to have a wide range: the least and greatest value that a solution
        # has shown.
        self.ends = {number: (self._value(number, self.true),) * 2 for number in range(len(self.asked))}

    def _free(self, key: Key) -> tuple[int, int]:
        low, high = self.facts.bounds.get(
            key, (0, self.facts.fewest - 1 if self.facts.primary(key) else None)
        )
        return low, self.facts.values[key] + _FAR if high is None else high

    def _model(
        self,
        bounds: Sequence[tuple[float, float]],
        more: Sequence[tuple[list[tuple[int, int]], Any, Any]],
        *,
        whole: bool,
    ) -> Any:
        import highspy

        program, infinity = highspy.HighsLp(), highspy.kHighsInf
        rows = [*self.rows, *more]
        program.num_col_, program.num_row_ = len(bounds), len(rows)
        program.col_cost_ = [0.0] * len(bounds)
        program.col_lower_, program.col_upper_ = (
            [float(low) for low, _high in bounds],
            [float(high) for _low, high in bounds],
        )
        program.row_lower_ = [-infinity if low is None else float(low) for _terms, low, _high in rows]
        program.row_upper_ = [infinity if high is None else float(high) for _terms, _low, high in rows]
        starts = [0]
        for terms, _low, _high in rows:
            starts.append(starts[-1] + len(terms))
        matrix = program.a_matrix_
        matrix.format_, matrix.start_ = highspy.MatrixFormat.kRowwise, starts
        matrix.index_ = [place for terms, _low, _high in rows for place, _times in terms]
        matrix.value_ = [float(times) for terms, _low, _high in rows for _place, times in terms]
        if whole:
            kinds, keys = highspy.HighsVarType, len(self.keys)
            program.integrality_ = [kinds.kInteger] * keys + [kinds.kContinuous] * (len(bounds) - keys)
        solver = _silent_solver()
        solver.setOptionValue("threads", 1)
        solver.passModel(program)
        return solver

    def tell(self) -> None:
        for number in range(len(self.keys)):
            low, high = (self.true[number],) * 2 if number in self.told else self.free[number]
            for model in (self.model, self.whole_model):
                model.changeColBounds(number, float(low), float(high))

    def _greatest(self, costs: Mapping[int, float]) -> list[int]:
        """Whole numbers that fit with everything told, of the greatest sum."""
        found = self._solved(self.model, costs)  # the plain program mostly finds whole numbers by itself
        return found if found is not None else self._solved(self.whole_model, costs) or self.true

    def _solved(self, model: Any, costs: Mapping[int, float]) -> list[int] | None:
        """None where the numbers are not whole."""
        places = list(range(len(self.keys)))
        model.changeColsCost(len(places), places, [-float(costs.get(place, 0)) for place in places])
        model.run()
        found = list(model.getSolution().col_value)
        rounded = [round(value) for value in found]
        return rounded if all(abs(a - b) < 1e-5 for a, b in zip(found, rounded, strict=True)) else None

    def narrow(self, told: Iterable[Key], kept_back: Iterable[Key]) -> Narrow | None:
        """One that a reader knows too closely, with its least and greatest value; None when there is none.
        Less may be told from call to call, never more: then a range that was wide stays so. Two solutions
        prove it wide."""
        self.told, self.kept_back = {self.place[key] for key in told}, {self.place[key] for key in kept_back}
        self.tell()
        idle = 0 if not self.tried else _IDLE
        while self.tried < _ROUNDS and idle < _IDLE and (open_ := self._open()):
            self.tried += 1
            costs = dict[int, float]()
            for number in self.chance.sample(open_, -(-len(open_) // self.chance.randint(1, 6))):
                sign = self.chance.choice((-1.0, 1.0)) * self.chance.uniform(0.5, 1)
                for place, times in self.asked[number]:
                    costs[place] = costs.get(place, 0.0) + sign * times
            self._see(self._solved(self.model, costs) or self.true)
            idle = 0 if len(self._open()) < len(open_) else idle + 1
        for number in self._open():
            ends = {}
            for sign in (1, -1):
                if number in self.ends:
                    solution = self._greatest({place: sign * times for place, times in self.asked[number]})
                    ends[sign] = self._value(number, solution)
                    self._see(solution)
            if number in self.ends:
                return number, ends[-1], ends[1]
        return None

    def give_up(self, narrow: Narrow) -> None:
        """Nothing that could be kept back would hide it: it stands published already."""
        del self.ends[narrow[0]]

    def stands_published(self, narrow: Narrow) -> bool:
        """Whether a reader knows it too closely who has nothing but what was published before."""
        terms = self.asked[narrow[0]]
        self.told = {self.place[key] for key in self.facts.known}
        self.tell()
        least, greatest = (
            self._value(narrow[0], self._greatest({place: sign * times for place, times in terms}))
            for sign in (-1, 1)
        )
        return greatest - least < APART

    def _open(self) -> list[int]:
        """Those not known to be wide. A number that is told is no secret, nor a large one that no table keeps
        back."""
        return [
            number
            for number in self.ends
            if len(self.asked[number]) > 1 or self._is_secret(self.asked[number][0][0])
        ]

    def _is_secret(self, place: int) -> bool:
        return place not in self.told and (place in self.kept_back or self.true[place] < self.facts.fewest)

    def _value(self, number: int, solution: Sequence[int]) -> int:
        return sum(times * solution[place] for place, times in self.asked[number])

    def _see(self, solution: Sequence[int]) -> None:
        for number, (least, greatest) in list(self.ends.items()):
            value = self._value(number, solution)
            self.ends[number] = min(least, value), max(greatest, value)
            if max(greatest, value) - min(least, value) >= APART:
                del self.ends[number]

    def to_keep_back(self, narrow: Narrow, costs: Mapping[Key, float]) -> set[Key]:
        """Of what is told, the least costly numbers that have to be uncertain too for this one to have a
        range. Empty when nothing helps."""
        number, least, greatest = narrow
        # By how much the least value goes down; the greatest goes up by the rest
        downs = range(APART - (greatest - least) + 1)
        for some in ((downs[0], downs[-1]), downs[1:-1]):  # to one side only, where that is possible
            found = [
                one
                for down in some
                if (one := self._apart(self.asked[number], least - down, least, greatest, costs)) is not None
            ]
            if found:
                return min(found, key=lambda one: one[0])[1]
        return set()

    def _apart(
        self, terms: list[tuple[int, int]], low: int, least: int, greatest: int, costs: Mapping[Key, float]
    ) -> tuple[float, set[Key]] | None:
        """What must be kept back for the number to be `low` in one reading and APART more in another; None
        where it cannot."""
        wanted: list[tuple[int | None, int | None]] = [(None, low)] if low < least else []
        wanted += [(low + APART, None)] if low + APART > greatest else []
        cost, lost = 0.0, set[Key]()
        for at_least, at_most in wanted:
            found = self._alternative(terms, at_least, at_most, costs)
            if found is None:
                return None
            cost, lost = cost + found[0], lost | found[1]
        return cost, lost

    def _alternative(
        self, terms: list[tuple[int, int]], low: int | None, high: int | None, costs: Mapping[Key, float]
    ) -> tuple[float, set[Key]] | None:
        """Counts that fit with everything that cannot be kept back, where the number is beyond the bound, as
        near to what is told as can be."""
        import highspy

        told = [number for number, key in enumerate(self.keys) if key in costs]
        bounds: list[tuple[float, float]] = [
            self.free[number] if key in costs or key not in self.facts.known else (self.true[number],) * 2
            for number, key in enumerate(self.keys)
        ]
        first = len(bounds)
        bounds += [(0, _FAR)] * (2 * len(told))
        more: list[Any] = [(terms, low, high)]
        for number, place in enumerate(told):
            away = [(place, 1), (first + 2 * number, -1), (first + 2 * number + 1, 1)]
            more.append((away, self.true[place], self.true[place]))
        # Where whole numbers would take too long, fractions say what has to move too
        for whole in (True, False):
            model = self._model(bounds, more, whole=whole)
            for number, place in enumerate(told):
                for side in (0, 1):
                    model.changeColCost(first + 2 * number + side, costs[self.keys[place]])
            model.setOptionValue("mip_rel_gap", 0.2)
            model.setOptionValue("mip_max_nodes", _NODES)
            model.run()
            info = model.getInfo()
            if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
                found = model.getSolution().col_value
                moved = {self.keys[place] for place in told if abs(found[place] - self.true[place]) > _MOVED}
                return info.objective_function_value, moved
            if model.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
                return None
        return None
