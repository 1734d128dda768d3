"""Receipts that somebody else would know: fixed by a page of another site, kept for later, or copied from a
browser that has left."""

from __future__ import annotations

from datetime import timedelta
from string import ascii_letters, digits
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django_scopes import scopes_disabled
from tests.reporting.public_side import (
    RECEIPT,
    THREAD,
    come_back,
    hidden,
    opened_school,
    receipt_words,
    reports,
    send,
    text,
)

from security_center.foundation.clock import clock_at, now
from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault.receipts import open_seed
from security_center.reporting.models import ThreadMessage

__all__ = ["opened_school", "reports"]
pytestmark = pytest.mark.django_db

# our own name, and what says no more than the page before.
ELSEWHERE: list[dict[str, str]] = [
    {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    {"sec-fetch-site": "same-site", "origin": "http://pages.testserver"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "https://testserver.evil.example"},
    {"referer": "https://evil.example/page"},
    {"origin": "http://["},
]
HERE: list[dict[str, str]] = [
    {"sec-fetch-site": "same-origin", "origin": "http://testserver"},
    {"sec-fetch-site": "none"},
    {"origin": "http://testserver"},
    {"origin": "https://report.example.org"},  # a proxy that hands on another name of ours
    {"referer": "http://testserver/report/maple-high/"},
    {},
]


@pytest.fixture
def form(opened_school: Organization, settings: Any) -> str:
    settings.SSC_PUBLIC_URL = "https://report.example.org"
    return f"/report/{opened_school.slug}/"


@pytest.mark.parametrize("said", ELSEWHERE, ids=str)
def test_a_page_of_another_site_cannot_choose_the_receipt_of_the_form_it_opens(
    public_client: Client, form: str, said: dict[str, str]
) -> None:
    known = hidden(public_client.get(form), "seed")
    shown = public_client.post(
        form, {"redraw": "en", "seed": known, "what_happened": "He hit me"}, headers=said
    )
    assert shown.status_code == 200
    assert open_seed(hidden(shown, "seed")) != open_seed(known)
    assert receipt_words(shown) != " ".join(open_seed(known).words("en"))
    assert "He hit me" in text(shown), "nothing that was typed is lost"
    assert not shown.cookies


@pytest.mark.parametrize("said", ELSEWHERE, ids=str)
def test_what_another_site_sends_is_not_stored_and_comes_back_whole_with_other_words(
    public_client: Client, form: str, reports: Any, said: dict[str, str]
) -> None:
    known = hidden(public_client.get(form), "seed")
    typed = {"seed": known, "what_happened": "He hit me", "who": "Sam of grade 8", "danger_now": "yes"}
    shown = public_client.post(form, typed, headers=said)
    assert reports() == []
    assert not shown.cookies
    for words in ("He hit me", "Sam of grade 8", "Please press Send once more"):
        assert words in text(shown)
    again = public_client.post(form, {**typed, "seed": hidden(shown, "seed")}, headers=HERE[0])
    assert receipt_words(again) == receipt_words(shown)
    assert len(reports()) == 1
    assert "no report belongs to them" in text(
        public_client.post(RECEIPT, {"words": " ".join(open_seed(known).words("en"))})
    )


@pytest.mark.parametrize("said", HERE, ids=str)
def test_our_own_page_keeps_its_receipt_whatever_the_browser_says_of_it(
    public_client: Client, form: str, reports: Any, said: dict[str, str]
) -> None:
    known = hidden(public_client.get(form), "seed")
    shown = public_client.post(
        form, {"redraw": "es", "seed": known, "what_happened": "He hit me"}, headers=said
    )
    assert open_seed(hidden(shown, "seed")) == open_seed(known)
    sent = public_client.post(
        form, {"seed": known, "what_happened": "He hit me", "language": "en"}, headers=said
    )
    assert receipt_words(sent) == " ".join(open_seed(known).words("en"))
    assert len(reports()) == 1


def test_a_form_that_lay_open_for_hours_is_sent_with_its_words_and_one_that_was_kept_for_days_with_others(
    public_client: Client, form: str, reports: Any
) -> None:
    known = hidden(public_client.get(form), "seed")
    words = " ".join(open_seed(known).words("en"))
    with clock_at(now() + timedelta(hours=23)):
        assert receipt_words(public_client.post(form, {"seed": known, "what_happened": "He hit me"})) == words
    with clock_at(now() + timedelta(hours=25)):
        shown = {
            receipt_words(public_client.post(form, {"seed": known, "what_happened": "He did it again"}))
            for _turn in range(2)
        }
        assert len(shown) == 1, "sent twice, it is one report"
        assert shown != {words}
        assert "These are new words" in text(
            public_client.post(form, {"seed": known, "what_happened": "He did it again"})
        )
    assert len(reports()) == 2


def test_another_sites_page_opens_nobody_a_strangers_thread(
    public_client: Client, form: str, opened_school: Organization
) -> None:
    words = receipt_words(send(public_client, opened_school, what_happened="Write to me here"))
    answer = public_client.post(RECEIPT, {"words": words}, headers=ELSEWHERE[0])
    assert answer.status_code == 200
    assert not answer.cookies


# --- a copied cookie
# -----------------------------------------------------------------------------------------------------


def test_after_leaving_a_copy_of_the_cookie_opens_nothing(
    public_client: Client, form: str, opened_school: Organization
) -> None:
    words = receipt_words(send(public_client, opened_school, what_happened="He hit me"))
    page = come_back(public_client, words)
    assert "He hit me" in text(page)
    copy = public_client.cookies[settings.SSC_RECEIPT_COOKIE].value
    proof = hidden(page, "proof")
    assert public_client.post(THREAD, {"act": "leave"}).status_code == 303
    public_client.cookies[settings.SSC_RECEIPT_COOKIE] = copy
    shown = public_client.get(THREAD)
    assert "He hit me" not in text(shown)
    public_client.cookies[settings.SSC_RECEIPT_COOKIE] = copy
    assert public_client.post(THREAD, {"proof": proof, "act": "write", "body": "planted"}).status_code == 403
    with scopes_disabled():
        assert not ThreadMessage.objects.exists()
    assert "He hit me" in text(come_back(public_client, words)), "whoever has the words comes back"


def test_no_other_spelling_of_the_cookie_that_left_opens_anything(
    public_client: Client, form: str, opened_school: Organization
) -> None:
    come_back(public_client, receipt_words(send(public_client, opened_school, what_happened="He hit me")))
    copy = public_client.cookies[settings.SSC_RECEIPT_COOKIE].value
    assert public_client.post(THREAD, {"act": "leave"}).status_code == 303
    # Bits of the last letter that carry nothing
    same = [copy[:-1] + last for last in ascii_letters + digits + "-_"]
    for spelling in [copy + "=", copy + "==", copy.replace("-", "+").replace("_", "/"), *same]:
        public_client.cookies[settings.SSC_RECEIPT_COOKIE] = spelling
        assert "He hit me" not in text(public_client.get(THREAD)), spelling


def test_nothing_makes_the_twenty_minutes_longer(
    public_client: Client, form: str, opened_school: Organization
) -> None:
    words = receipt_words(send(public_client, opened_school, what_happened="He hit me"))
    page = come_back(public_client, words)
    began = now()
    for minutes in (6, 12, 18):
        with clock_at(began + timedelta(minutes=minutes)):
            written = {
                "proof": hidden(page, "proof"),
                "message": hidden(page, "message"),
                "act": "write",
                "body": f"After {minutes}",
            }
            assert public_client.post(THREAD, written).status_code == 303
            page = public_client.get(THREAD)
    with clock_at(began + timedelta(minutes=21)):
        assert "He hit me" not in text(public_client.get(THREAD))


def test_a_cookie_that_opens_nothing_leaves_no_trace_when_it_leaves(
    public_client: Client, form: str, django_assert_num_queries: Any
) -> None:
    public_client.cookies[settings.SSC_RECEIPT_COOKIE] = "x" * 60
    with django_assert_num_queries(0):
        assert public_client.post(THREAD, {"act": "leave"}).status_code == 303
