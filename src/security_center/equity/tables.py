"""From counts to what may be published: each table with what it keeps back, its values and their intervals.
Values are worked out of published numbers alone, so that none tells what is kept back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from security_center.threat_assessment import content_loader as doctrine

from . import intervals
from .content_loader import SCHOOL, UNKNOWN, axes
from .counts import Counts, Row, judged, placement_reviews
from .suppression import Hidden, Published, hide, may_show_part

Tables = dict[str, Any]  # "node/axis" → {"rows": {group: cell or None}, "total": cell or None}; JSON


@dataclass(frozen=True)
class Node:
    """What is counted, of what, for which metric of content/equity.yaml. `beside`: the rest of another node,
    which keeps back the same cells."""

    key: str
    of: str
    metric: str
    unit: str
    beside: str = ""


ENROLMENT = "enrolment"
YOUNGEST = "k_2"  # group of content/groups.yaml: grade
SPECIAL_EDUCATION = "special_education"  # a discipline of content/team_rules.yaml
NODES: dict[str, Node] = {
    node.key: node
    for node in (
        Node("referrals", ENROLMENT, "ref_rate_ratio", "ratio"),
        Node("assessments", "referrals", "", "share"),
        Node("raised", "assessments", "class_dist", "share"),
        Node("told_raised", "raised", "le_ref_rate", "share"),
        Node("told_low", "low", "le_ref_rate", "share"),
        Node("supported", "assessments", "support_rate", "share"),
        Node("removed", "assessments", "excl_days", "days"),
        Node("ended", "referrals", "time_to_close", "days"),
        Node("reopened", "ended", "reopen_rate", "share"),
    )
}
LOW = "low"  # judged, and not raised: kept back exactly where "raised" is


def fewest() -> int:
    return doctrine.equity_rules()["suppression"].numbers["fewest"]


def axis_keys() -> list[str]:
    return [*axes(), SCHOOL]


def publish(counts: Counts, *, whole: bool, at: datetime, before: Tables | None) -> Tables:
    """All tables of a period. `whole`: of a school year; a half year shows only the tables of which nothing
    is kept back. `before`: what was published of the year's first half, which whoever has it takes from the
    year."""
    found: Tables = {}
    # Schools are small, and their kinds are another sum: only of whole years
    for axis in axis_keys() if whole else axes():
        found.update(_Axis(counts, axis, before or {}).tables(whole=whole))
    for name, numbers in parts(counts, at).items():
        found[name] = part(*numbers, (before or {}).get(name))
    work_out_of_shown(found)
    return found


def work_out_of_shown(found: Tables) -> None:
    """What is a matter of the tables as they are shown in the end."""
    found["young_child"] = _young(found)
    if not all(found["assessments/disability"]["rows"].get(group) for group in ("idea", "section_504")):
        found["iep_present"] = (
            None  # how many such cases there are would otherwise tell what that table keeps back
        )


def parts(counts: Counts, at: datetime) -> dict[str, tuple[int, int]]:
    """(so many, of so many)."""
    reviews = [placement_reviews(one, at) for one in counts.facts]
    asked = [one for one in counts.facts if judged(one) and one.case.special_education]
    present = [one for one in asked if any(SPECIAL_EDUCATION in disciplines for disciplines in one.team)]
    return {
        "mdr_done": (sum(met for met, _due in reviews), sum(due for _met, due in reviews)),
        "iep_present": (len(present), len(asked)),
    }


def _young(found: Tables) -> dict[str, Any] | None:
    """Of what the table by grade shows, and of nothing else."""
    table = found["assessments/grade"]
    cell = table["rows"].get(YOUNGEST)
    return _share(cell["count"], table["total"]["count"]) if cell and table["total"] else None


def part(count: int, of: int, earlier: dict[str, Any] | None) -> dict[str, Any] | None:
    """So many of so many; None where it, or what is left when the published first half is taken away, stands
    for too few."""
    if not may_show_part(count, of, fewest=fewest()):
        return None
    if earlier and not may_show_part(count - earlier["count"], of - earlier["of"], fewest=fewest()):
        return None
    return _share(count, of)


def _share(count: int, of: int) -> dict[str, Any]:
    low, high = intervals.wilson(count, of)
    return {"count": count, "of": of, "value": count / of, "low": low, "high": high}


def groups_of(counts: Counts, axis: str) -> list[str]:
    """Whatever the table by this axis has a row for."""
    return list(counts.levels) if axis == SCHOOL else [*axes()[axis].groups, UNKNOWN]


def rows_of(counts: Counts, axis: str) -> dict[str, Row]:
    """Node → group → how many; of the enrolment too, if there is any."""
    groups, mine = groups_of(counts, axis), counts.axes[axis]
    rows = {key: mine.of(key, groups) for key in NODES}
    rows[LOW] = {group: rows["assessments"][group] - rows["raised"][group] for group in groups}
    known = {group: mine.enrolment.get(group, 0) for group in groups if group != UNKNOWN}
    rows[ENROLMENT] = known if any(known.values()) else {}
    return rows


class _Axis:
    """The tables by one axis: each node's, kept back no less than that of which it is a part."""

    def __init__(self, counts: Counts, axis: str, before: Tables) -> None:
        self.counts, self.axis, self.before = counts, axis, before
        self.groups = groups_of(counts, axis)
        self.rows = rows_of(counts, axis)
        self.hidden: dict[str, Hidden | None] = {}
        self.small: set[str] = set()  # nodes whose very total is kept back
        self.days = counts.axes[axis].days

    def tables(self, *, whole: bool) -> Tables:
        self.hidden[ENROLMENT] = (
            hide([Published(self.rows[ENROLMENT])], fewest=fewest()) if self.rows[ENROLMENT] else None
        )
        for node in NODES.values():
            hidden = self._hidden(node)
            self.hidden[node.key] = hidden if whole or not hidden else None
            if node.key == "raised":
                self.hidden[LOW] = self.hidden["raised"]
        return {f"{node.key}/{self.axis}": self._table(node) for node in NODES.values()}

    def _hidden(self, node: Node) -> Hidden | None:
        of, of_hidden = self._of(node)
        rows = self.rows[node.key]
        tables = [Published(rows, of, of_hidden or frozenset())]
        forced: set[str] = set(of_hidden or ())
        earlier = self._shown_before(node.key)
        if earlier is not None:
            later = {group: rows[group] - earlier[group] for group in self.groups}
            of_earlier = self._shown_before(node.of) if node.of != ENROLMENT else None
            of_later = (
                {group: of[group] - of_earlier[group] for group in of}
                if of is not None and of_earlier is not None
                else None
            )
            tables.append(Published(later, of_later, of_hidden or frozenset()))
        if any(table.sum_is_small(fewest()) for table in tables):
            self.small.add(node.key)
        if node.of != ENROLMENT and of_hidden is None:
            return None
        if self.axis == SCHOOL and node.key == "referrals":
            levels = hidden_levels(self.counts)
            if levels is None:
                return None
            forced |= {school for school, level in self.counts.levels.items() if level in levels}
            tables += [
                Published(
                    {school: rows[school] for school in self.groups if self.counts.levels[school] == level}
                )
                for level in self._levels(levels)
            ]
        return hide(tables, fewest=fewest(), forced=forced)

    def _levels(self, hidden: Hidden) -> list[str]:
        """The kinds of school whose number of cases the statistics show: each is a sum of its own."""
        return sorted(set(self.counts.levels.values()) - hidden)

    def _of(self, node: Node) -> tuple[Row | None, Hidden | None]:
        if node.of == ENROLMENT and self.hidden[ENROLMENT] is None:
            return None, None
        return self.rows[node.of], self.hidden[node.of]

    def _shown_before(self, key: str) -> Row | None:
        """The counts of a table of the first half, if it was published."""
        if key == LOW:
            assessed, raised = self._shown_before("assessments"), self._shown_before("raised")
            return (
                {group: assessed[group] - raised[group] for group in self.groups}
                if assessed is not None and raised is not None
                else None
            )
        table = self.before.get(f"{key}/{self.axis}")
        if not table or table["total"] is None or None in table["rows"].values():
            return None
        return {group: (table["rows"].get(group) or {"count": 0})["count"] for group in self.groups}

    def _table(self, node: Node) -> dict[str, Any]:
        hidden = self.hidden[node.key]
        if node.key in self.small:
            return {"rows": dict.fromkeys(self.groups), "total": None}
        if hidden is None:
            hidden = frozenset(self.groups)
        of, of_hidden = self._of(node)
        rows = self.rows[node.key]
        total = _Numbers(sum(rows.values()), sum(of.values()) if of is not None else None)
        shown = {
            group: None
            if group in hidden
            else _Numbers(
                rows[group],
                of[group] if of is not None and group in of and group not in (of_hidden or ()) else None,
            )
            for group in self.groups
        }
        return {
            "rows": {
                group: numbers and self._cell(node, numbers, total, self.days[node.key][group])
                for group, numbers in shown.items()
            },
            "total": self._cell(
                node, total, None, [day for days in self.days[node.key].values() for day in days]
            ),
        }

    def _cell(
        self, node: Node, numbers: _Numbers, total: _Numbers | None, days: Sequence[float]
    ) -> dict[str, Any]:
        cell: dict[str, Any] = {"count": numbers.count, "of": numbers.of}
        if node.unit == "days" and days:
            middle, low, high = intervals.median(days)
            cell |= {
                "value": round(middle),
                "low": round(low),
                "high": round(high),
                "ninetieth": round(intervals.ninetieth(days)),
            }
        elif node.unit == "share" and numbers.of:
            cell = _share(numbers.count, numbers.of)
        elif node.unit == "ratio" and total is not None and numbers.of and total.of:
            found = intervals.rate_ratio(
                numbers.count, numbers.of, total.count - numbers.count, total.of - numbers.of
            )
            if found is not None:
                cell |= dict(zip(("value", "low", "high"), found, strict=True))
        return cell


@dataclass(frozen=True)
class _Numbers:
    count: int
    of: int | None


def hidden_levels(counts: Counts) -> Hidden | None:
    """The kinds of school whose number of cases is kept back. The table by school and the statistics by level
    ask the same."""
    return hide([Published(by_level(counts))], fewest=fewest())


def by_level(counts: Counts) -> Row:
    found: Row = dict.fromkeys(sorted(set(counts.levels.values())), 0)
    for school, level in counts.levels.items():
        found[level] += counts.axes[SCHOOL].counts["referrals"][school]
    return found
