"""Reads content files (YAML) strictly into frozen dataclasses, so that a mistake in a file stops the start
with a sentence.

A content file is written by people who know schools, not by programmers: every complaint names the file and
the key, and a forgotten translation or an unknown key is a complaint, never a silent gap on a reporter's
page."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import yaml
from django.utils.translation import get_language

from security_center.foundation import languages


class ContentFault(Exception):
    """A content file says something it may not say. The message names the file and the key."""


class Text:
    """One sentence or label: language → text. In a template it shows in the language of the page. It is not
    to be walked through: Django would take the label of a choice for a group of choices."""

    __slots__ = ("_said",)
    __iter__ = None

    def __init__(self, said: Mapping[str, str]) -> None:
        self._said = dict(said)

    def __getitem__(self, language: str) -> str:
        return self._said[language]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self._said == other._said

    def __hash__(self) -> int:
        return hash(frozenset(self._said.items()))

    def __repr__(self) -> str:
        return f"Text({self._said})"

    def in_language(self, language: str | None) -> str:
        """The text in `language` ("es", "es-US" …); English for a language that is not kept here."""
        return self._said.get(languages.offered(language), self._said[languages.fallback()])

    def __str__(self) -> str:
        return self.in_language(get_language())

    def __html__(self) -> str:
        """Templates and `format_html` escape through this: content files hold plain text, never markup."""
        from django.utils.html import escape

        return str(escape(str(self)))

    def formatted(self, language: str | None, /, **values: object) -> str:
        """The text with its {placeholders} filled in."""
        return self.in_language(language).format(**values)


# The same, ten times faster, where libyaml is there
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_SafeLoader):
    """A safe loader that refuses a key written twice (plain YAML would silently keep the last one)."""


def _mapping_without_repeats(loader: Any, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _value in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise ContentFault(f"line {key_node.start_mark.line + 1}: “{key}” is written twice")
        seen.add(key)
    return dict(loader.construct_mapping(node, deep=deep))


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_repeats)


def read(file: Path) -> dict[str, Any]:
    """The top-level mapping of a content file. Raises `ContentFault`."""
    try:
        with file.open(encoding="utf-8") as handle:
            found = yaml.load(handle, Loader=_StrictLoader)  # a SafeLoader  # noqa: S506  # a SafeLoader
    except FileNotFoundError as error:
        raise ContentFault(f"{file.name}: the file is missing") from error
    except (yaml.YAMLError, ContentFault) as error:
        raise ContentFault(f"{file.name}: {error}") from error
    if not isinstance(found, dict):
        raise ContentFault(f"{file.name}: the file must be a mapping of keys")
    return found


def build[T](kind: type[T], found: Any, where: str) -> T:
    """An instance of the dataclass `kind` from the mapping `found`; `where` ("categories.yaml: weapon") opens
    each complaint."""
    return kind(**_arguments(kind, found, where))


def build_keyed[T](kind: type[T], found: Any, where: str) -> dict[str, T]:
    """`found` maps a key to an entry; each entry becomes a `kind` with that key. The order of the file is
    kept."""
    if not isinstance(found, dict) or not found:
        raise ContentFault(f"{where}: must be a mapping of keys to entries")
    return {
        str(key): build(kind, {"key": str(key), **_entry(entry, f"{where}: {key}")}, f"{where}: {key}")
        for key, entry in found.items()
    }


def build_list[T](kind: type[T], found: Any, where: str) -> tuple[T, ...]:
    """`found` is a list of entries of one kind."""
    if not isinstance(found, list) or not found:
        raise ContentFault(f"{where}: must be a list of entries")
    return tuple(build(kind, entry, f"{where}[{number}]") for number, entry in enumerate(found, start=1))


def texts(found: Any, where: str) -> dict[str, Text]:
    """A mapping of keys to {en, es} pairs."""
    if not isinstance(found, dict):
        raise ContentFault(f"{where}: must be a mapping of keys to texts")
    return {str(key): _text(entry, f"{where}: {key}") for key, entry in found.items()}


def _entry(found: Any, where: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise ContentFault(f"{where}: must be a mapping")
    return found


@lru_cache(maxsize=64)
def _hints(kind: type[Any]) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _arguments(kind: type[Any], found: Any, where: str) -> dict[str, Any]:
    if not is_dataclass(kind):
        raise TypeError(f"{kind} is no dataclass")
    given = dict(_entry(found, where))
    arguments: dict[str, Any] = {}
    for field in fields(kind):
        if field.name in given:
            arguments[field.name] = _value(
                _hints(kind)[field.name], given.pop(field.name), f"{where}: {field.name}"
            )
        elif field.default is MISSING and field.default_factory is MISSING:
            raise ContentFault(f"{where}: “{field.name}” is missing")
    if given:
        raise ContentFault(f"{where}: unknown key “{next(iter(given))}”")
    return arguments


def _text(found: Any, where: str) -> Text:
    known = languages.codes()
    if not isinstance(found, dict):
        raise ContentFault(f"{where}: must give the text in each language ({', '.join(known)})")
    for language in known:
        if not isinstance(found.get(language), str) or not found[language].strip():
            raise ContentFault(f"{where}: the text in “{language}” is missing")
    unknown = set(found) - set(known)
    if unknown:
        raise ContentFault(f"{where}: unknown language “{min(map(str, unknown))}”")
    return Text({language: " ".join(found[language].split()) for language in known})


def _value(hint: Any, found: Any, where: str) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if found is None and type(None) in inner:
            return None
        return _value(next(option for option in inner if option is not type(None)), found, where)
    if origin is tuple:
        if not isinstance(found, list):
            raise ContentFault(f"{where}: must be a list")
        return tuple(
            _value(inner[0], item, f"{where}[{number}]") for number, item in enumerate(found, start=1)
        )
    if origin is dict:
        return {
            str(key): _value(inner[1], item, f"{where}: {key}") for key, item in _entry(found, where).items()
        }
    if hint is Text:
        return _text(found, where)
    if isinstance(hint, type) and issubclass(hint, Enum):
        try:
            return hint(found)
        except ValueError as error:
            raise ContentFault(
                f"{where}: “{found}” is none of {', '.join(str(option.value) for option in hint)}"
            ) from error
    if hasattr(hint, "from_text"):
        try:
            return hint.from_text(str(found))
        except ValueError as error:
            raise ContentFault(f"{where}: {error}") from error
    if is_dataclass(hint):
        return build(hint, found, where)  # type: ignore[arg-type]
    if (
        not isinstance(found, hint)
        or (hint is int and isinstance(found, bool))
        or (hint is str and not found.strip())
    ):
        raise ContentFault(f"{where}: must be {_spoken(hint)}")
    return found


def _spoken(hint: Any) -> str:
    return {str: "a text", int: "a whole number", bool: "true or false"}.get(hint, str(hint))
