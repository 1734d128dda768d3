"""A folder of content files (YAML) and how its parts are read as typed values; and the checks that what one
part says of another is there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from security_center.foundation.content_reader import ContentFault, Text, build, build_keyed, read, texts


@dataclass(frozen=True, slots=True)
class _OneText:
    text: Text


@dataclass(frozen=True, slots=True)
class _OneNumber:
    number: int


class ContentFolder:
    """Each file is read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, dict[str, Any]] = {}

    def whole(self, name: str) -> dict[str, Any]:
        if name not in self._read:
            self._read[name] = read(self.folder / name)
        return self._read[name]

    def names_read(self) -> set[str]:
        return set(self._read)

    def forget(self) -> None:
        self._read.clear()

    def part(self, name: str, key: str) -> Any:
        try:
            return self.whole(name)[key]
        except KeyError as error:
            raise ContentFault(f"{name}: “{key}” is missing") from error

    def keyed[T](self, kind: type[T], name: str, key: str) -> dict[str, T]:
        """The entries under `key`, each a `kind` that carries its key, in the order of the file."""
        return build_keyed(kind, self.part(name, key), f"{name}: {key}")

    def nested[T](self, kind: type[T], name: str, key: str) -> dict[str, T]:
        """Like `keyed`, for kinds that do not carry their key."""
        found = self.part(name, key)
        if not isinstance(found, dict) or not found:
            raise ContentFault(f"{name}: {key}: must be a mapping of keys to entries")
        return {str(one): build(kind, entry, f"{name}: {key}: {one}") for one, entry in found.items()}

    def labels(self, name: str, key: str) -> dict[str, Text]:
        return texts(self.part(name, key), f"{name}: {key}")

    def one_text(self, name: str, key: str) -> Text:
        return build(_OneText, {"text": self.part(name, key)}, f"{name}: {key}").text

    def one_number(self, name: str, key: str) -> int:
        return build(_OneNumber, {"number": self.part(name, key)}, f"{name}: {key}").number


def must_know(used: Iterable[str], known: Collection[str], where: str, home: str) -> None:
    """Raises `ContentFault` for the first of `used` that is not in `known`; `home` says where it ought to
    stand."""
    for one in used:
        if one not in known:
            raise ContentFault(f"{where}: “{one}” is not in {home}")


def must_match(found: Collection[str], wanted: Collection[str], where: str) -> None:
    """Raises `ContentFault` unless `found` has exactly the keys `wanted`."""
    must_know(wanted, found, where, "the file")
    must_know(found, wanted, where, f"{', '.join(sorted(wanted))}")
