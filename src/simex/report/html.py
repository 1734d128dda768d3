"""A report as one HTML file: no script, nothing from the network, readable on a telephone and on paper."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from html import escape
from pathlib import Path

from .blocks import Block, Figure, Heading, Note, Points, Report, Table, Text

STYLE = Path(__file__).with_name("page.css")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def as_html(report: Report) -> str:
    """The whole file."""
    headings = [block for block in report.blocks if isinstance(block, Heading) and block.level == 1]
    contents = "".join(f'<li><a href="#{_anchor(one.text)}">{escape(one.text)}</a></li>' for one in headings)
    body = "\n".join(_block(block) for block in report.blocks)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{escape(report.title)}</title>
<style>
{STYLE.read_text(encoding="utf-8")}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header><p class="mark">{escape(report.watermark)}</p><h1>{escape(report.title)}</h1>
<p class="subtitle">{escape(report.subtitle)}</p></header>
<nav aria-label="Contents"><details><summary>Contents</summary><ol>{contents}</ol></details></nav>
<main id="main">
{body}
</main>
<footer><p>{escape(report.footer)} · {escape(report.watermark)}</p></footer>
</body>
</html>
"""


def _anchor(text: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in text.lower()).strip("-")


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f'<h{block.level + 1} id="{_anchor(block.text)}">{escape(block.text)}</h{block.level + 1}>'
        case Text():
            lead = f"<strong>{escape(block.lead)}</strong> " if block.lead else ""
            return f"<p>{lead}{escape(block.text)}</p>"
        case Points():
            return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in block.items) + "</ul>"
        case Note():
            items = "".join(f"<p>{escape(item)}</p>" for item in block.items)
            if len(block.items) > 1:
                items = "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in block.items) + "</ul>"
            return f'<section class="note {block.tone}"><h3>{escape(block.title)}</h3>{items}</section>'
        case Figure():
            picture = b64encode(block.svg.encode()).decode("ascii")
            image = f'<img src="data:image/svg+xml;base64,{picture}" alt="{escape(block.alt, quote=True)}">'
            scrolled = f'<div class="wide" tabindex="0" role="group" aria-label="Picture">{image}</div>'
            return f"<figure>{scrolled}<figcaption>{escape(block.caption)}</figcaption></figure>"
        case Table():
            return "".join(_table(block))


def _table(block: Table) -> Iterator[str]:
    # On a telephone each row stands as a list; the roles keep it a table for who listens
    many = len(block.header) > 3
    row_role, cell_role = (' role="row"', ' role="cell"') if many else ("", "")
    yield (
        f'<div class="wide{" many" if many else ""}" tabindex="0" role="group" '
        f'aria-label="Table"><table{' role="table"' if many else ""}>'
    )
    if block.caption:
        yield f"<caption>{escape(block.caption)}</caption>"
    yield (
        "<thead><tr>"
        + "".join(f'<th scope="col">{escape(one)}</th>' for one in block.header)
        + "</tr></thead><tbody>"
    )
    for row in block.rows:
        first, *others = row
        names = [
            f' data-name="{escape(name, quote=True)}"' if many and name else "" for name in block.header[1:]
        ]
        cells = "".join(
            f"<td{cell_role}{name}>{escape(one)}</td>" for name, one in zip(names, others, strict=True)
        )
        yield (
            f"<tr{row_role}><th "
            f'scope="row"{" role='rowheader'" if many else ""}>{escape(first)}</th>{cells}</tr>'
        )
    yield "</tbody></table></div>"
