"""Reads content files (YAML) strictly into typed entries (msgspec), so that a mistake in a file stops the
start with a sentence.

A content file is written by people who know schools, not by programmers: every complaint names the file and
the key, and a forgotten translation or an unknown key is a complaint, never a silent gap on a reporter's
page."""

from __future__ import annotations

import re
from collections.abc import ItemsView, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, dataclass_transform, get_args, get_type_hints

import msgspec
import yaml
from django.utils.translation import get_language

from security_center.foundation import languages


class ContentFault(Exception):
    """A content file says something it may not say. The message names the file and the key."""


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one kind of entry of a content file says, each key with its type."""


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


def _mapping_without_repeats(loader: Any, node: yaml.MappingNode, deep: bool = False) -> dict[str, Any]:
    seen: set[Any] = set()
    for key_node, _value in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise ContentFault(f"line {key_node.start_mark.line + 1}: “{key}” is written twice")
        seen.add(key)
    return {str(key): value for key, value in loader.construct_mapping(node, deep=deep).items()}


def _text_that_says_something(loader: Any, node: yaml.ScalarNode) -> str:
    if not node.value.strip():
        raise ContentFault(f"line {node.start_mark.line + 1}: a text is blank")
    return str(loader.construct_scalar(node))


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_repeats)
_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_SCALAR_TAG, _text_that_says_something)


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
    """What `found` says, as a `kind`; `where` ("categories.yaml: weapon") opens each complaint."""
    try:
        return msgspec.convert(found, kind, dec_hook=_of_ours)
    except msgspec.ValidationError as error:
        raise _fault(error, kind, found, where) from error


def build_keyed[T](kind: type[T], found: Any, where: str) -> dict[str, T]:
    """`found` maps a key to an entry; each entry becomes a `kind` with that key. The order of the file is
    kept."""
    named = {
        key: {"key": key, **entry} if isinstance(entry, dict) else entry for key, entry in _some(found, where)
    }
    return build(dict[str, kind], named, where)  # type: ignore[valid-type]


def build_nested[T](kind: type[T], found: Any, where: str) -> dict[str, T]:
    """Like `build_keyed`, for kinds that do not carry their key."""
    return build(dict[str, kind], dict(_some(found, where)), where)  # type: ignore[valid-type]


def build_list[T](kind: type[T], found: Any, where: str) -> tuple[T, ...]:
    """`found` is a list of entries of one kind."""
    if not found:
        raise ContentFault(f"{where}: must be a list of entries")
    return build(tuple[kind, ...], found, where)  # type: ignore[valid-type]


def texts(found: Any, where: str) -> dict[str, Text]:
    """A mapping of keys to texts, each in every language."""
    return build(dict[str, Text], found, where)


def _some(found: Any, where: str) -> ItemsView[str, Any]:
    if not isinstance(found, dict) or not found:
        raise ContentFault(f"{where}: must be a mapping of keys to entries")
    return found.items()


def _of_ours(kind: Any, found: Any) -> Any:
    """The values that msgspec does not know: a text in each language, and what is written as one word
    (`from_text`). Raises `ValueError`."""
    return _text(found) if kind is Text else kind.from_text(str(found))


def _text(found: Any) -> Text:
    known = languages.codes()
    if not isinstance(found, dict):
        raise ValueError(f"must give the text in each language ({', '.join(known)})")
    for language in known:
        if not isinstance(found.get(language), str):
            raise ValueError(f"the text in “{language}” is missing")
    if unknown := set(found) - set(known):
        raise ValueError(f"unknown language “{min(unknown)}”")
    return Text({language: " ".join(found[language].split()) for language in known})


# What msgspec says of a value, and how we say it
_SENTENCES = {
    r"Object missing required field `(.+)`": "“{0}” is missing",
    r"Object contains unknown field `(.+)`": "unknown key “{0}”",
    r"Expected `str\b.*": "must be a text",
    r"Expected `int\b.*": "must be a whole number",
    r"Expected `bool\b.*": "must be true or false",
    r"Expected `array\b.*": "must be a list",
    r"Expected `object\b.*": "must be a mapping",
}


def _fault(error: msgspec.ValidationError, kind: Any, found: Any, where: str) -> ContentFault:
    """The sentence of `error`, after the way to the value: msgspec names fields and places in lists, and
    leaves the keys of mappings out (`[...]`)."""
    said, _, way = str(error).partition(" - at `$")
    for field, place in re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", way):
        if field:
            kind, found = get_type_hints(kind)[field], found[field]
            where += f": {field}"
        elif place.isdigit():
            kind, found = get_args(kind)[0], found[int(place)]
            where += f"[{int(place) + 1}]"
        else:
            kind = get_args(kind)[1]
            key, found = next((key, entry) for key, entry in found.items() if _is_refused(kind, entry))
            where += f": {key}"
        if isinstance(kind, UnionType):
            kind = next(one for one in get_args(kind) if one is not NoneType)
    if said.startswith("Invalid enum value"):
        return ContentFault(f"{where}: “{found}” is none of {', '.join(kind)}")
    for pattern, sentence in _SENTENCES.items():
        if match := re.fullmatch(pattern, said):
            return ContentFault(f"{where}: {sentence.format(*match.groups())}")
    return ContentFault(f"{where}: {said}")


def _is_refused(kind: Any, found: Any) -> bool:
    try:
        msgspec.convert(found, kind, dec_hook=_of_ours)
    except msgspec.ValidationError:
        return True
    return False
