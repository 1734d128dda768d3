"""A report as a tagged PDF (PDF/UA-1, US letter), drawn by typst from the same blocks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .blocks import Block, Figure, Heading, Note, Points, Report, Table, Text

LAYOUT = Path(__file__).with_name("paper.typ")


def as_pdf(report: Report) -> bytes:
    """The whole file. The fonts are those that come with typst and with matplotlib, so that it looks the same
    everywhere."""
    import matplotlib as mpl
    import typst

    data = {
        "title": report.title,
        "subtitle": report.subtitle,
        "footer": report.footer,
        "watermark": report.watermark,
    }
    data["blocks"] = [_plain(block) for block in report.blocks]  # type: ignore[assignment]
    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return typst.compile(  # type: ignore[call-overload,no-any-return]  # its types want the source and the root to be of one kind
        LAYOUT.read_bytes(),
        root=str(LAYOUT.parent),
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(fonts)]
        ),
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"data": json.dumps(data)},
    )


def _plain(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", "text": block.text, "level": block.level, "new_page": block.new_page}
        case Text():
            return {"kind": "text", "text": block.text, "lead": block.lead}
        case Points():
            return {"kind": "points", "items": list(block.items)}
        case Note():
            return {"kind": "note", "title": block.title, "items": list(block.items), "tone": block.tone}
        case Figure():
            return {"kind": "figure", "svg": block.svg, "alt": block.alt, "caption": block.caption}
        case Table():
            rows = [list(row) for row in block.rows]
            return {
                "kind": "table",
                "header": list(block.header),
                "rows": rows,
                "widths": list(block.widths),
                "caption": block.caption,
            }
