"""Cells as people have them: copied out of a spreadsheet (tabs) or a CSV file (commas or semicolons)."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class RowFault:
    line: int  # as the person counts, from 1; 0 for the whole text
    sentence: str


def table_of(text: str) -> list[tuple[int, list[str]]]:
    """The rows that hold anything, each with the line it begins on. Raises csv.Error."""
    first = next(line for line in text.split("\n") if line.strip())
    delimiter = "\t" if "\t" in text else max(",;", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    begins = 1
    for cells in reader:
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            found.append((begins, stripped))
        begins = reader.line_num + 1
    return found


def opened(text: str, *, when_empty: str) -> tuple[list[tuple[int, list[str]]], list[RowFault]]:
    """The rows of a pasted or uploaded text, or the one fault for which there are none."""
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not lines.strip():
        return [], [RowFault(0, when_empty)]
    try:
        return table_of(lines), []
    except csv.Error:
        return [], [
            RowFault(0, _("This cannot be read as rows. Copy the cells again, or save the sheet as CSV."))
        ]


@dataclass(frozen=True)
class ColumnTable:
    """What columns an import has. `order`: of a text without headings. `headings`: the words for each column,
    folded, with commas between them. `least`: how many known words make the first line one of headings,
    `known` being among them; with `alone` one word is enough where it is the only cell. `needed`: the columns
    that headings must name, each with the sentence that says so. `empty`: the sentence for a text without
    rows; `too_many`: for one with more than `most`, where the usual one does not say enough."""

    order: tuple[str, ...]
    headings: Mapping[str, str]
    most: int
    empty: str | Promise
    least: int = 1
    known: str = ""
    alone: bool = False
    needed: Mapping[str, str | Promise] = field(default_factory=dict)
    too_many: str = ""

    def read(self, text: str) -> tuple[list[tuple[int, dict[str, str]]], list[RowFault]]:
        """The rows, each with its line and its cells by column, or the one fault for which there are none.
        The first cell beyond the columns that is not empty has the name ""."""
        table, faults = opened(text, when_empty=str(self.empty))
        if faults:
            return [], faults
        columns = list(self.order)
        words = by_word(self.headings)
        named = [words.get(folded(cell), "") for cell in table[0][1]]
        known = sum(1 for name in named if name)
        if (known >= self.least or (self.alone and known == len(named) == 1)) and (
            not self.known or self.known in named
        ):
            columns, table = named, table[1:]
            for column, sentence in self.needed.items():
                if column not in columns:
                    return [], [RowFault(1, str(sentence))]
        if len(table) > self.most:
            sentence = self.too_many or _("There are more than %(most)d rows. Bring them in by parts.")
            return [], [RowFault(0, sentence % {"most": self.most})]
        return [
            (
                line,
                {
                    "": next(filter(None, cells[len(columns) :]), ""),
                    **{name: cell for name, cell in zip(columns, cells, strict=False) if name},
                },
            )
            for line, cells in table
        ], []


def by_word[K](spelled: Mapping[K, str]) -> dict[str, K]:
    """What each word means, where the words for each thing stand with commas between them."""
    return {word: meant for meant, words in spelled.items() for word in words.split(", ")}


def folded(text: str) -> str:
    """Without accents, case, underscores and doubled spaces: how two cells are compared."""
    plain = unicodedata.normalize("NFKD", text)
    return " ".join(
        "".join(letter for letter in plain if not unicodedata.combining(letter))
        .casefold()
        .replace("_", " ")
        .split()
    )
