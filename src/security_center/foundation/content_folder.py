"""A folder of content files (YAML) and how its parts are read as typed values; and the checks that what one
part says of another is there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from security_center.foundation.content_reader import (
    ContentFault,
    Entry,
    Text,
    build,
    build_keyed,
    build_list,
    build_nested,
    read,
    texts,
)


class ContentFolder:
    """Each file is read once; `files`: what was read, by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, dict[str, Any]] = {}

    def whole(self, name: str) -> dict[str, Any]:
        if name not in self.files:
            self.files[name] = read(self.folder / name)
        return self.files[name]

    def part(self, name: str, key: str) -> Any:
        try:
            return self.whole(name)[key]
        except KeyError as error:
            raise ContentFault(f"{name}: “{key}” is missing") from error

    def entry[T](self, kind: type[T], name: str, key: str) -> T:
        return build(kind, self.part(name, key), f"{name}: {key}")

    def file[T](self, kind: type[T], name: str) -> T:
        """The whole file as a `kind`, which knows each of its keys."""
        return build(kind, self.whole(name), name)

    def parts[T: Entry](self, kind: type[T], name: str) -> T:
        """Those parts of a file that the `kind` has, as one."""
        return build(kind, {key: self.part(name, key) for key in kind.__struct_fields__}, name)

    def keyed[T](self, kind: type[T], name: str, key: str) -> dict[str, T]:
        """The entries under `key`, each a `kind` that carries its key, in the order of the file."""
        return build_keyed(kind, self.part(name, key), f"{name}: {key}")

    def nested[T](self, kind: type[T], name: str, key: str) -> dict[str, T]:
        """Like `keyed`, for kinds that do not carry their key."""
        return build_nested(kind, self.part(name, key), f"{name}: {key}")

    def listed[T](self, kind: type[T], name: str, key: str) -> tuple[T, ...]:
        return build_list(kind, self.part(name, key), f"{name}: {key}")

    def labels(self, name: str, key: str) -> dict[str, Text]:
        return texts(self.part(name, key), f"{name}: {key}")

    def one_text(self, name: str, key: str) -> Text:
        return self.entry(Text, name, key)

    def one_number(self, name: str, key: str) -> int:
        return self.entry(int, name, key)


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
