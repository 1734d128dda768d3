"""Bodies made to cost as much as they can: the work is bounded before any text is folded, searched, taken
apart or drawn. Work is counted here and not timed; `./ssc bench attacks` times it in the real program."""

from __future__ import annotations

import re
import tracemalloc
import unicodedata
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reporting.public_side import hidden, opened_school, reports

from benchmarks.attacks import bodies as hostile
from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault.tokens import Blinder
from security_center.foundation.vault.uploads import SealingUploadHandler
from security_center.prevention import raising
from security_center.prevention.raising import urgency_from_words
from security_center.reporting.models import Report

__all__ = ["opened_school", "reports"]
MEGA = 1_000_000


def peak_of(work: Callable[[], Any]) -> int:
    """The most memory that Python held for `work`, in bytes."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.long
@pytest.mark.parametrize("name", hostile.TEXTS)
def test_no_text_takes_memory_or_tries_beyond_a_bound_to_search(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    urgency_from_words(["warm"])
    folded: list[int] = []
    normalize = unicodedata.normalize

    def counted(form: str, text: str) -> str:
        folded.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", counted)
    searched: list[raising._Search] = []
    monkeypatch.setattr(
        raising._Search,
        "__init__",
        lambda self, found, made=raising._Search.__init__: (made(self, found), searched.append(self))[0],
    )
    text = hostile.TEXTS[name]()
    assert peak_of(lambda: urgency_from_words([text])) < 15 * MEGA
    assert max(folded, default=0) <= 3, "a sign at a time, not the text"
    assert sum(folded) <= 150_000, "each sign of Unicode once"
    assert searched[0]._tries < raising.MOST_TRIES + 20 * raising.PIECE


@given(
    before=st.integers(0, 40_000),
    between=st.sampled_from(["a ", "gun", "\ufdfa", "é", "no spaces,", "\U0001f600 "]),
)
@settings(max_examples=60, deadline=None)
def test_a_word_of_danger_is_found_wherever_it_stands_in_a_long_text(before: int, between: str) -> None:
    filled = (between * (before // len(between) + 1))[:before]
    for phrase in ("going to shoot up", "k1ll him", "bommmb threat", "\U0001f52a"):
        _urgency, hits = urgency_from_words([f"{filled} {phrase} {filled}"])
        assert hits, (before, between, phrase)
        alone = {hit.phrase for hit in urgency_from_words([phrase])[1]}
        assert alone <= {hit.phrase for hit in hits}


@pytest.mark.long
@pytest.mark.django_db
def test_a_form_of_nothing_but_files_is_looked_at_to_a_bound_and_its_words_are_taken(
    public_client: Client,
    opened_school: Organization,
    reports: Callable[[], list[Report]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = f"/report/{opened_school.slug}/"
    seed = hidden(public_client.get(address), "seed")
    fields = {"seed": seed, "what_happened": "He has a gun"}
    head = "".join(
        f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    begun: list[object] = []
    new_file = SealingUploadHandler.new_file
    monkeypatch.setattr(
        SealingUploadHandler,
        "new_file",
        lambda self, *given, **named: (begun.append(self), new_file(self, *given, **named))[1],
    )
    body = head.encode() + hostile.FILE_PART * 5000 + b"--B--\r\n"
    assert public_client.generic("POST", address, body, content_type=hostile.MULTIPART).status_code == 200
    assert len(reports()) == 1
    assert len(begun) <= 1001


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["what a page escapes, made wide by one emoji", "one sign that stands for eighteen", "lines"]
)
def test_a_page_with_two_megabytes_in_it_takes_a_bounded_memory_and_gives_every_sign_back(
    public_client: Client, opened_school: Organization, name: str
) -> None:
    address, text = f"/report/{opened_school.slug}/", hostile.TEXTS[name]()
    public_client.get(address)
    answers: list[Any] = []
    assert (
        peak_of(lambda: answers.append(public_client.post(address, {"redraw": "en", "what_happened": text})))
        < 75 * MEGA
    ), "the client's own included"
    shown = re.search(r"<textarea[^>]*>(.*?)</textarea>", answers[0].content.decode(), re.DOTALL)
    assert shown is not None
    assert unescape(shown[1]).removeprefix("\n") in {text, text.removeprefix("\n")}


def test_a_long_text_is_escaped_as_a_short_one_is() -> None:
    signs = "<script>'\"&amp; é \U0001f52a\r\n\n" * 2
    short = Template("{{ text|linebreaksbr }}").render(Context({"text": signs}))
    long = Template("{{ text|linebreaksbr }}").render(Context({"text": signs * 1000}))
    assert unescape(long) == unescape(short) * 1000
    assert "<script" not in long
    assert long.isascii()


def test_a_name_of_two_megabytes_is_looked_up_by_its_beginning(open_vault: Any) -> None:
    blinder = Blinder(1)
    values = {"name": "\ufdfa" * 640_000, "handle": "İ" * 640_000}
    blinder.all_of({"name": "warm"})
    assert peak_of(lambda: blinder.all_of(values)) < 5 * MEGA
    assert blinder.token("name", "Ann Lee") == blinder.token("name", "lee ÁNN")
    assert blinder.token("content", "a" * 2000) != blinder.token("content", "a" * 2001)
