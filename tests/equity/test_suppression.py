"""No cell that is kept back can be worked out: random tables, and a reader who tries everything that fits
with what is published."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from hypothesis import given
from hypothesis import strategies as st

from security_center.equity.suppression import Hidden, Published, hide, is_safe

FEWEST = 3  # small, so that every table that fits can be tried; the rule is the same
CELLS = "abcd"

tables = st.integers(2, 4).flatmap(lambda size: st.lists(st.integers(0, 9), min_size=size, max_size=size))


def sums_to(total: int, bounds: list[tuple[int, int]]) -> Iterator[tuple[int, ...]]:
    """Every row of numbers within `bounds` that adds up to `total`."""
    for row in itertools.product(*(range(low, min(high, total) + 1) for low, high in bounds)):
        if sum(row) == total:
            yield row


def could_be(counts: Mapping[str, int], hidden: Hidden) -> dict[str, set[int]]:
    """Cell → the values that it could have for a reader who sees the others and the sum, and knows which of
    the hidden ones were small."""
    kept = sorted(hidden & set(counts))
    total = sum(counts[cell] for cell in kept)
    bounds = [(0, FEWEST - 1) if counts[cell] < FEWEST else (FEWEST, total) for cell in kept]
    found: dict[str, set[int]] = {cell: set() for cell in kept}
    for row in sums_to(total, bounds):
        for cell, value in zip(kept, row, strict=True):
            found[cell].add(value)
    return found


@given(tables)
def test_a_cell_kept_back_could_have_two_values_at_least_and_a_shown_one_is_large(values: list[int]) -> None:
    counts = dict(zip(CELLS, values, strict=False))
    hidden = hide([Published(counts)], fewest=FEWEST)
    if hidden is None:
        return
    assert all(counts[cell] >= FEWEST for cell in counts if cell not in hidden)
    assert all(len(found) >= 2 for found in could_be(counts, hidden).values()), (counts, hidden)
    assert not hidden or sum(counts[cell] for cell in hidden) >= FEWEST


@given(tables, st.data())
def test_nor_can_it_be_worked_out_from_a_part_of_the_same_people(
    values: list[int], data: st.DataObject
) -> None:
    """Two tables at once: so many of each group, and so many of these. Every pair of tables that fits with
    both is tried."""
    of = dict(zip(CELLS, values, strict=False))
    part = {cell: data.draw(st.integers(0, count)) for cell, count in of.items()}
    of_hidden = hide([Published(of)], fewest=FEWEST)
    if of_hidden is None:
        return
    hidden = hide([Published(part, of, of_hidden)], fewest=FEWEST, forced=of_hidden)
    if hidden is None:
        return
    for cell in set(of) - hidden:
        assert part[cell] >= FEWEST
        assert of[cell] - part[cell] >= FEWEST
    kept = sorted(hidden)
    whole, total = sum(of[cell] for cell in of_hidden), sum(part[cell] for cell in kept)
    could_of: dict[str, set[int]] = {cell: set() for cell in of_hidden}
    could_part: dict[str, set[int]] = {cell: set() for cell in kept}
    small = [(0, FEWEST - 1) if of[cell] < FEWEST else (FEWEST, whole) for cell in sorted(of_hidden)]
    for row in sums_to(whole, small):
        sizes = {**of, **dict(zip(sorted(of_hidden), row, strict=True))}
        for chosen in sums_to(total, [(0, sizes[cell]) for cell in kept]):
            for cell, value in zip(kept, chosen, strict=True):
                could_part[cell].add(value)
            for cell, value in zip(sorted(of_hidden), row, strict=True):
                could_of[cell].add(value)
    assert all(len(found) >= 2 for found in (*could_of.values(), *could_part.values())), (
        of,
        part,
        of_hidden,
        hidden,
    )


@given(tables, st.data())
def test_nor_by_taking_a_half_year_from_its_year(first: list[int], data: st.DataObject) -> None:
    """The first half is published only when nothing of it is kept back; the year then keeps back what the
    second half alone would."""
    half = dict(zip(CELLS, first, strict=False))
    second = {cell: data.draw(st.integers(0, 9)) for cell in half}
    year = {cell: half[cell] + second[cell] for cell in half}
    shown_before = hide([Published(half)], fewest=FEWEST) == frozenset()
    hidden = hide([Published(year), *([Published(second)] if shown_before else [])], fewest=FEWEST)
    if hidden is None:
        return
    assert all(len(found) >= 2 for found in could_be(year, hidden).values())
    if shown_before:
        assert all(len(found) >= 2 for found in could_be(second, hidden).values())
        assert all(second[cell] >= FEWEST for cell in second if cell not in hidden)


def test_one_cell_alone_is_never_kept_back() -> None:
    assert hide([Published({"a": 40, "b": 3, "c": 25})], fewest=10) == {"b", "c"}


def test_what_is_kept_back_together_stands_for_ten_at_least() -> None:
    assert hide([Published({"a": 40, "b": 2, "c": 3, "d": 25})], fewest=10) == {"b", "c", "d"}


def test_a_table_of_fewer_than_ten_shows_not_even_its_sum() -> None:
    assert hide([Published({"a": 4, "b": 5})], fewest=10) is None


def test_all_but_a_few_is_as_telling_as_a_few() -> None:
    """38 of 40 told says who the other two are."""
    assert hide([Published({"a": 38, "b": 20, "c": 30}, {"a": 40, "b": 50, "c": 60})], fewest=10) == {
        "a",
        "b",
    }


def test_two_cells_of_nine_that_add_up_to_eighteen_are_found_out_by_who_knows_the_rule() -> None:
    counts = {"a": 9, "b": 9, "c": 30, "d": 31}
    assert not is_safe(Published(counts), frozenset({"a", "b"}), fewest=10)
    assert hide([Published(counts)], fewest=10) == {"a", "b", "c"}
