"""Failure modes that the reporter's side must make impossible (reporting.md 11). The others are in
test_failure_modes.py."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.test import Client
from django_scopes import scopes_disabled
from tests.reporting.public_side import receipt_words, send, text
from tests.reporting.real_public import SLUG, RealPublic, receipt_in

from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault.receipts import Receipt
from security_center.prevention import content_loader as plan
from security_center.reporting.models import Report
from security_center.reporting.queries import report_of, thread_page

FORM = f"/report/{SLUG}/"
AGENT = "Zq11AgentVw/9.9"
ADDRESSES = ("203.0.113.77", "198.51.100.23")
TRACES = {
    "User-Agent": AGENT,
    "X-Forwarded-For": ADDRESSES[0],
    "Forwarded": f"for={ADDRESSES[1]}",
    "X-Real-IP": ADDRESSES[1],
    "Referer": "http://Zq22RefererVw.example/",
    "Accept-Language": "en, xx-Zq33;q=0.1",
    "Cookie": "staff_session=Zq44CookieVw",
    "Sec-CH-UA-Model": "Zq55ModelVw",
}


def test_r09_the_form_asks_the_five_questions_and_demands_only_one(
    public_client: Client, opened_school: Organization
) -> None:
    page = text(public_client.get(FORM))
    for question in (
        "What happened?",
        "Who is it about?",
        "When and where?",
        "Is there a weapon?",
        "How do you know?",
        "Is anyone in danger right now?",
    ):
        assert question in page
    assert page.count(" required") == 1
    for name in ('name="name"', 'type="email"', 'type="tel"', 'name="phone"'):
        assert name not in page, "never a name, an e-mail address or a phone number"
    sent = send(
        public_client,
        opened_school,
        what_happened="He hit me",
        who="tall, grade 9",
        when_where="gym, Monday",
        weapon="no",
        how_do_you_know="I saw it",
    )
    receipt = Receipt.from_text(receipt_words(sent))
    with scopes_disabled():
        words = thread_page(receipt, report_of(receipt)).words
    assert words == {
        "what_happened": "He hit me",
        "who": "tall, grade 9",
        "when_where": "gym, Monday",
        "weapon": "no",
        "how_do_you_know": "I saw it",
    }


def test_r09_whoever_told_too_little_can_be_asked(public_client: Client, opened_school: Organization) -> None:
    send(public_client, opened_school, what_happened="Something bad")
    with scopes_disabled():
        assert Report.objects.get().may_we_message


def test_r14_the_page_promises_no_more_than_it_keeps(
    public_client: Client, opened_school: Organization
) -> None:
    form = text(public_client.get(FORM))
    assert form.index(str(plan.anonymity_modes()["anonymous"].sentence)) < form.index("<form")
    assert f'href="{FORM}about/"' in form
    limits = text(public_client.get(f"{FORM}about/"))
    assert "What we cannot promise" in limits
    assert "School Wi-Fi" in limits


@pytest.mark.programs
def test_r14_no_address_and_no_device_is_kept_anywhere(real_public: RealPublic) -> None:
    status, headers, page = real_public.post(
        FORM, {"seed": real_public.seed(), "what_happened": "He hit me"}, TRACES
    )
    assert status == 200
    assert "Set-Cookie" not in headers
    real_public.ask("GET", f"{FORM}?via=qr", headers=TRACES)
    real_public.post("/report/receipt/", {"words": receipt_in(page)}, TRACES)
    real_public.post("/report/receipt/", {"words": "wrong"}, TRACES)
    real_public.ask("GET", "/nowhere/", headers=TRACES)
    real_public.ask("GET", "/report/", headers={**TRACES, "Host": "evil.example"})
    assert real_public.post(FORM, {"what_happened": "x" * 9_000_000}, TRACES)[0] == 413
    assert real_public.post_files(FORM, {"what_happened": "x" * 9_000_000}, [], TRACES)[0] == 413
    traces = [AGENT, *ADDRESSES, "Zq22", "Zq33", "Zq44", "Zq55"]
    found = [
        f"{trace} in {path.name}"
        for path in real_public.everything_on_disk()
        for trace in traces
        if trace.encode() in path.read_bytes()
    ]
    assert found == []
    with sqlite3.connect(f"file:{real_public.data / 'center.sqlite3'}?mode=ro", uri=True) as connection:
        everything = "\n".join(line for line in connection.iterdump() if line.startswith("INSERT"))
    assert "127.0.0.1" not in everything
    assert "127.0.0.1" not in real_public.printed, "nor the address that really sent it"


@pytest.mark.programs
def test_fifty_phones_that_send_each_form_twice_at_once_are_stored_once_each(real_public: RealPublic) -> None:
    forms = [
        {
            "seed": real_public.seed(),
            "what_happened": f"They plan a fight behind the gym, said number {number}",
        }
        for number in range(25)
    ]

    def press(form: dict[str, str]) -> tuple[int, str]:
        status, _headers, page = real_public.post(FORM, form)
        return status, receipt_in(page) if status == 200 else page

    with ThreadPoolExecutor(50) as phones:
        answers = list(phones.map(press, [*forms, *forms]))
    assert {status for status, _words in answers} == {200}
    first, second = answers[:25], answers[25:]
    assert [words for _status, words in first] == [words for _status, words in second]
    with sqlite3.connect(f"file:{real_public.data / 'center.sqlite3'}?mode=ro", uri=True) as connection:
        assert connection.execute("SELECT count(*) FROM reporting_report").fetchone() == (25,)

    def reopen(pair: tuple[dict[str, str], tuple[int, str]]) -> bool:
        form, (_status, words) = pair
        status, headers, _page = real_public.post("/report/receipt/", {"words": words})
        cookie: dict[str, Any] = {"Cookie": headers["Set-Cookie"].partition(";")[0]}
        return (
            status == 303
            and form["what_happened"] in real_public.ask("GET", "/report/receipt/thread/", headers=cookie)[2]
        )

    with ThreadPoolExecutor(8) as phones:
        assert all(phones.map(reopen, zip(forms, first, strict=True)))


def test_a_program_that_answers_but_cannot_draw_the_form_is_not_ready(
    public_client: Client, opened_school: Organization, monkeypatch: Any
) -> None:
    """A folder shut to the program took its pages' styles away: each reporter got an error, and every watch
    was silent."""
    ready = public_client.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]["form"]) == (200, "ok")

    def shut(_storage: object, _name: str) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(StaticFilesStorage, "url", shut)
    ready = public_client.get("/readyz")
    assert ready.status_code == 503
    assert "reporters see an error" in ready.json()["checks"]["form"]
