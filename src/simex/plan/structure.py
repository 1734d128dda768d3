"""Whether a tree of JSON keeps to a schema, said in sentences: where, what, and what is allowed.

It reads the few words of JSON Schema that `schema.json` uses and stops at any other. A general validator
needs longer to start than a whole study to run, and minutes for the largest file that is let in; a test holds
that one agrees with this on broken plans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from .words import ONLY_PLAIN, plain

MOST = 20  # sentences: enough to work through; a broken file would give thousands

TYPES: dict[str, tuple[type | tuple[type, ...], str]] = {
    "object": (dict, "a table of fields"),
    "array": (list, "a list"),
    "string": (str, "text"),
    "number": ((int, float), "a number"),
    "integer": (int, "a whole number"),
    "boolean": (bool, "true or false"),
}
IGNORED = {"$schema", "$id", "$defs", "title", "description"}

Schema = dict[str, Any]


def departures(tree: Any, schema: Schema) -> list[str]:
    """The first departures of a tree from a schema, a sentence each; none where it keeps to it."""
    found = list(islice(_walk(tree, schema, schema["$defs"], ""), MOST + 1))
    return found if len(found) <= MOST else [*found[:MOST], "There are more; mend these first."]


def _walk(value: Any, schema: Schema, named: dict[str, Schema], where: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = named[schema["$ref"].removeprefix("#/$defs/")]
    here = where or "the file"
    if "type" in schema:
        kind, words = TYPES[schema["type"]]
        if not isinstance(value, kind) or (isinstance(value, bool) and schema["type"] != "boolean"):
            yield f"{here} must be {words}."
            return
    for word, limit in schema.items():
        if word in CHECKS:
            if sentence := CHECKS[word](value, limit, here):
                yield sentence
                if word.startswith(("min", "max")):
                    return  # a list that is too long is not walked through
        elif word == "additionalProperties":
            known = schema["properties"]
            yield from (
                f"“{name[:60]}” is no field of {here}. Its fields are {', '.join(known)}."
                for name in value
                if name not in known
            )
        elif word == "properties":
            for name, part in limit.items():
                if name in value:
                    yield from _walk(value[name], part, named, f"{where}, {name}" if where else name)
        elif word == "items":
            for number, item in enumerate(value):
                yield from _walk(item, limit, named, f"{where}[{number}]{_called(item)}")
        elif word not in IGNORED | {"type", "$ref"}:
            raise NotImplementedError(word)


def _called(item: Any) -> str:
    """The identifier of an item, where it has one."""
    name = item.get("id") if isinstance(item, dict) else None
    return f" ({name[:60]})" if isinstance(name, str) else ""


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _required(value: Any, names: list[str], here: str) -> str | None:
    missing = [name for name in names if name not in value]
    return (
        (
            f"{here}: {' and '.join(f'“{name}”' for name in missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing."
        )
        if missing
        else None
    )


def _enum(value: Any, allowed: list[str], here: str) -> str | None:
    return (
        None if value in allowed else f"{here}: “{_short(value)}” is not possible. Use {', '.join(allowed)}."
    )


def _const(value: Any, only: Any, here: str) -> str | None:
    return (
        None
        if value == only and type(value) is type(only)
        else f"{here} must be “{only}”, not “{_short(value)}”."
    )


def _minimum(value: float, least: float, here: str) -> str | None:
    return None if value >= least else f"{here}: {_short(value)} is too small; it may be from {least:,}."


def _exclusive_minimum(value: float, least: float, here: str) -> str | None:
    return None if value > least else f"{here}: {_short(value)} is too small; it must be more than {least:,}."


def _maximum(value: float, most: float, here: str) -> str | None:
    return None if value <= most else f"{here}: {_short(value)} is too large; it may be up to {most:,}."


def _few(value: Any, least: int, here: str) -> str | None:
    return None if len(value) >= least else f"{here} has {len(value)} entries; it needs {least}."


def _many(value: Any, most: int, here: str) -> str | None:
    return None if len(value) <= most else f"{here} has {len(value):,} entries; it may have up to {most:,}."


def _empty(value: str, least: int, here: str) -> str | None:
    return None if len(value) >= least else f"{here} is empty."


def _long(value: str, most: int, here: str) -> str | None:
    return None if len(value) <= most else f"{here} is longer than {most:,} letters."


def _pattern(value: str, pattern: str, here: str) -> str | None:
    if re.search(pattern, value):
        return None
    wrong = (
        "holds a sign that cannot be printed. Take it out."
        if pattern == ONLY_PLAIN
        else "is no time of day. Write it as 07:30."
    )
    return f"{here}: “{plain(value, 60)}” {wrong}"


CHECKS: dict[str, Any] = {
    "required": _required,
    "enum": _enum,
    "const": _const,
    "minimum": _minimum,
    "exclusiveMinimum": _exclusive_minimum,
    "maximum": _maximum,
    "minItems": _few,
    "maxItems": _many,
    "minLength": _empty,
    "maxLength": _long,
    "pattern": _pattern,
}
