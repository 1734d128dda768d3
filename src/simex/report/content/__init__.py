"""The texts of the report, as data with their sources; none of them holds a result."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@cache
def content(name: str) -> dict[str, Any]:
    """A file of texts by its name, for example "limits"."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


def lever(name: str) -> dict[str, Any]:
    """What is said about a lever: title, levels, cost, climate, equity, egress, upkeep."""
    known = content("words")["levers"]
    return dict(known.get(name, known["other"] | {"title": name.replace("_", " ").capitalize()}))


def level_words(name: str, level: object) -> str:
    """A level in words, for example “doors kept locked beforehand”."""
    words = lever(name).get("levels", {}).get(str(level))
    return words or (str(level) if name == "option" else f"{lever(name)['title'].lower()}: {level}")
