"""Reads the parts of threat_assessment/content/ for the two content loaders, and checks that what one part says of another is there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from security_center.prevention.content_reader import ContentFault, Text, build, build_keyed, read, texts

FOLDER = Path(__file__).parent / "content"


@cache
def whole(name: str) -> dict[str, Any]:
    return read(FOLDER / name)


def part(name: str, key: str) -> Any:
    try:
        return whole(name)[key]
    except KeyError as error:
        raise ContentFault(f"{name}: “{key}” is missing") from error


def keyed[T](kind: type[T], name: str, key: str) -> dict[str, T]:
    """The entries under `key`, each a `kind` that carries its key, in the order of the file."""
    return build_keyed(kind, part(name, key), f"{name}: {key}")


def nested[T](kind: type[T], name: str, key: str) -> dict[str, T]:
    """Like `keyed`, for kinds that do not carry their key."""
    found = part(name, key)
    if not isinstance(found, dict) or not found:
        raise ContentFault(f"{name}: {key}: must be a mapping of keys to entries")
    return {str(one): build(kind, entry, f"{name}: {key}: {one}") for one, entry in found.items()}


def labels(name: str, key: str) -> dict[str, Text]:
    return texts(part(name, key), f"{name}: {key}")


@dataclass(frozen=True, slots=True)
class _OneText:
    text: Text


@dataclass(frozen=True, slots=True)
class _OneNumber:
    number: int


def one_text(name: str, key: str) -> Text:
    return build(_OneText, {"text": part(name, key)}, f"{name}: {key}").text


def one_number(name: str, key: str) -> int:
    return build(_OneNumber, {"number": part(name, key)}, f"{name}: {key}").number


def must_know(used: Iterable[str], known: Collection[str], where: str, home: str) -> None:
    """Raises `ContentFault` for the first of `used` that is not in `known`; `home` says where it ought to stand."""
    for one in used:
        if one not in known:
            raise ContentFault(f"{where}: “{one}” is not in {home}")


def must_match(found: Collection[str], wanted: Collection[str], where: str) -> None:
    """Raises `ContentFault` unless `found` has exactly the keys `wanted`."""
    must_know(wanted, found, where, "the file")
    must_know(found, wanted, where, f"{', '.join(sorted(wanted))}")
