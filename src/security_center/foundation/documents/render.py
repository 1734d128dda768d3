"""Draws a paper in a process of its own, so that a fault or a flood in it harms nobody else, with the text
going through pipes and never a file."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

CHILD = Path(__file__).parent / "child.py"
SECONDS = 60


class CannotRender(Exception):
    """The paper could not be drawn. The message is for the log and holds nothing of the paper's text."""


def render(
    template: Path,
    data: Mapping[str, Any],
    *,
    title: str,
    language: str,
    author: str = "School Security Center",
    footer: str = "",
    watermark: str = "",
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """A tagged PDF (PDF/UA-1, US letter) of `template`, a typst file that finds `data` under that name and
    the parts of layout/paper.typ.

    `data` holds plain values (text, numbers, lists, dictionaries); text in it is drawn as it was typed and
    never run. A sign that our fonts lack is shown as a mark in brackets, with a sentence at the end.
    `watermark` lies behind each page, `footer` at its foot beside the page number. `pictures`: clean copies
    of our own making, by name; the template finds each under `data.pictures`, made small enough for a page.
    Raises `CannotRender`."""
    with translation.override(language):
        meta = {
            "title": title,
            "author": author,
            "language": language,
            "footer": footer,
            "watermark": watermark,
            "page": _("Page"),
        }
        marked = _(
            "Some signs of a text could not be printed. They are marked with brackets here and can "
            "be read in the system."
        )
    order = {"template": template.read_text(encoding="utf-8"), "data": data, "meta": meta, "marked": marked}
    order["pictures"] = {
        name: b64encode(content).decode("ascii") for name, content in (pictures or {}).items()
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own file and interpreter
            [sys.executable, "-I", str(CHILD)],
            input=json.dumps(order, default=str).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a fault can quote the text
            env={},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CannotRender(f"{template.name}: not drawn within {SECONDS} seconds") from None
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF"):
        raise CannotRender(f"{template.name}: the drawing process ended with {done.returncode}")
    return done.stdout
