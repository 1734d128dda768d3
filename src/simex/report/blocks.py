"""The parts of a report, the same for paper and for the screen."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 1
    new_page: bool = False  # on paper


@dataclass(frozen=True)
class Text:
    text: str
    lead: str = ""  # a few words in bold before it


@dataclass(frozen=True)
class Points:
    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """header and rows of text. widths: parts of the width, one a column. caption: what it shows."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    caption: str = ""


@dataclass(frozen=True)
class Figure:
    """svg: the drawing. alt: what it shows, for people who do not see it. caption: below it."""

    svg: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Note:
    """A box. tone: "stop" (do not go on without reading), "care", "plain"."""

    title: str
    items: tuple[str, ...]
    tone: str = "plain"


Block = Heading | Text | Points | Table | Figure | Note


@dataclass
class Report:
    """A whole report. footer: on each page. watermark: behind each page."""

    title: str
    subtitle: str
    footer: str
    watermark: str
    blocks: list[Block] = field(default_factory=list)

    def add(self, *blocks: Block) -> None:
        self.blocks += blocks
