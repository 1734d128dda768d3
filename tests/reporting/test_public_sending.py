"""The report form when it is sent: nothing refuses the text, nothing is stored twice, and what is said
afterwards."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from tests.cast import Cast
from tests.reporting.public_side import FORM, hidden, receipt_words, send, text, words_of

from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault.receipts import Receipt, seal_seed

# --- sending


def test_the_same_form_sent_twice_is_stored_once_and_shows_the_same_page(
    public_client: Client, opened_school: Organization, reports: Any
) -> None:
    seed = hidden(public_client.get(FORM), "seed")
    first, second = (
        public_client.post(FORM, {"seed": seed, "what_happened": "He hit me"}) for _turn in range(2)
    )
    assert receipt_words(first) == receipt_words(second)
    assert len(reports()) == 1


def test_other_content_under_a_used_receipt_is_a_new_report_with_new_words(
    public_client: Client, opened_school: Organization, reports: Any
) -> None:
    seed = hidden(public_client.get(FORM), "seed")
    first = public_client.post(FORM, {"seed": seed, "what_happened": "He hit me"})
    second = public_client.post(FORM, {"seed": seed, "what_happened": "She took my bag"})
    assert receipt_words(first) != receipt_words(second)
    assert "These are new words" in text(second)
    assert "These are new words" not in text(first)
    assert words_of(second)["what_happened"] == "She took my bag"
    assert words_of(first)["what_happened"] == "He hit me"


@pytest.mark.parametrize("seed", ["", "forged", "é" * 50, "A" * 500])
def test_a_missing_or_forged_seed_never_refuses_the_text(
    public_client: Client, opened_school: Organization, seed: str
) -> None:
    sent = public_client.post(FORM, {"seed": seed, "what_happened": "He hit me"})
    assert sent.status_code == 200
    assert words_of(sent)["what_happened"] == "He hit me"


def test_an_empty_form_comes_back_with_the_error_beside_the_field_and_everything_kept(
    public_client: Client, opened_school: Organization, reports: Any
) -> None:
    form = public_client.get(FORM)
    answer = public_client.post(
        FORM,
        {
            "seed": hidden(form, "seed"),
            "what_happened": " \n ",
            "who": "Sam Doe",
            "danger_now": "yes",
            "category": "bullying",
            "not_this_school": "on",
            "may_we_message": "no",
            "files": SimpleUploadedFile("photo-of-it.jpg", b"\xff\xd8\xff rest"),
        },
    )
    page = text(answer)
    assert 'id="id_what_happened_error"' in page
    assert 'aria-invalid="true"' in page
    assert "Sam Doe" in page
    assert "photo-of-it.jpg" in page
    assert '<details class="more" open>' in page
    assert len(re.findall(r"<(?:input|option)[^>]*(?:checked|selected)[^>]*>", page)) == 4
    assert receipt_words(answer) == receipt_words(form)
    assert reports() == []


def test_what_is_not_offered_counts_as_not_said(
    public_client: Client, opened_school: Organization, reports: Any
) -> None:
    sent = send(
        public_client,
        opened_school,
        what_happened="He hit me",
        category="no such thing",
        danger_now="perhaps",
        language="xx",
    )
    assert sent.status_code == 200
    report = reports()[0]
    assert (report.category, report.danger_now, report.language) == ("", "", "en")


def test_a_nul_and_a_megabyte_are_taken_whole(public_client: Client, opened_school: Organization) -> None:
    long = "a word\r\n\x00" * 150_000
    sent = send(public_client, opened_school, what_happened=long, weapon="x" * 70_000)
    assert sent.status_code == 200
    words = words_of(sent)
    assert words["what_happened"].replace("\r\n", "\n") == long.replace("\x00", "").replace("\r\n", "\n")
    assert len(words["weapon"]) == 70_000


@pytest.mark.parametrize("encoded", [False, True])
def test_more_text_than_can_be_taken_is_told_plainly(
    public_client: Client, opened_school: Organization, encoded: bool
) -> None:
    body = {"what_happened": "x" * (2 * 1024 * 1024 + 10), "language": "es"}
    options = (
        {
            "data": "what_happened=" + body["what_happened"],
            "content_type": "application/x-www-form-urlencoded",
        }
        if encoded
        else {"data": body}
    )
    answer = public_client.post(FORM, headers={"accept-language": "es"}, **options)
    assert answer.status_code == 413
    assert "data-refused" in text(answer)
    assert 'lang="es"' in text(answer)
    assert "911" in text(answer)


def test_a_broken_body_is_told_plainly(public_client: Client, opened_school: Organization) -> None:
    answer = public_client.post(FORM, data=b"--no boundary", content_type="multipart/form-data")
    assert answer.status_code == 400
    assert "Back button" in text(answer)


@pytest.mark.parametrize(
    "fault",
    [
        OperationalError("database is locked"),
        OperationalError("database or disk is full"),
        ValueError("He hit me"),
    ],
)
def test_a_database_that_fails_gives_every_word_back_with_the_same_receipt(
    public_client: Client,
    opened_school: Organization,
    monkeypatch: Any,
    capfd: Any,
    reports: Any,
    fault: Exception,
) -> None:
    form = public_client.get(FORM)

    def fails(**_arguments: Any) -> None:
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr("security_center.reporting.views_public.form.receive_report", fails)
        typed = {
            "seed": hidden(form, "seed"),
            "what_happened": "He hit me",
            "who": "Sam Doe",
            "danger_now": "yes",
            "may_we_message": "no",
        }
        answer = public_client.post(
            FORM, {**typed, "files": SimpleUploadedFile("photo.jpg", b"\xff\xd8\xff")}
        )
    assert answer.status_code == 503
    assert "NOT stored yet" in text(answer)
    assert "He hit me" in text(answer)
    assert "Sam Doe" in text(answer)
    assert "photo.jpg" in text(answer)
    assert "Call 911" in text(answer)
    assert receipt_words(answer) == receipt_words(form)
    assert "He hit me" not in capfd.readouterr().err
    again = public_client.post(FORM, {**typed, "seed": hidden(answer, "seed")})
    assert receipt_words(again) == receipt_words(form)
    assert len(reports()) == 1


def test_a_database_that_cannot_even_name_the_school_gives_the_words_back(
    public_client: Client, opened_school: Organization, monkeypatch: Any
) -> None:
    def fails(slug: str) -> None:
        raise OperationalError("unable to open database file")

    monkeypatch.setattr("security_center.reporting.views_public.form.desk_by_slug", fails)
    answer = public_client.post(FORM, {"what_happened": "He hit me"})
    assert answer.status_code == 503
    assert "He hit me" in text(answer)


# --- after sending


@pytest.mark.parametrize("danger", ["yes", "unsure"])
def test_in_danger_what_to_do_now_comes_first_and_the_report_is_taken(
    public_client: Client, opened_school: Organization, reports: Any, danger: str
) -> None:
    page = text(send(public_client, opened_school, what_happened="They are fighting", danger_now=danger))
    assert page.index("Do this first") < page.index('id="receipt"')
    assert reports()[0].urgency == "U1"


@pytest.mark.parametrize(
    "typed",
    [
        {"what_happened": "My friend says she wants to kill herself"},
        {"what_happened": "Help", "category": "suicide"},
    ],
)
def test_about_suicide_988_comes_first(
    public_client: Client, opened_school: Organization, typed: dict[str, str]
) -> None:
    page = text(send(public_client, opened_school, **typed))
    assert page.index("If someone may want to die") < page.index('id="receipt"')


def test_an_ordinary_report_is_thanked_calmly(public_client: Client, opened_school: Organization) -> None:
    page = text(send(public_client, opened_school, what_happened="They call her names"))
    assert "emergency-panel" not in page
    places = [
        page.index(part)
        for part in ("Thank you", 'id="receipt"', "What happens now", "Come back here", "If it gets worse")
    ]
    assert places == sorted(places)


def test_no_answer_about_messages_means_that_we_may_ask(
    public_client: Client, opened_school: Organization, reports: Any
) -> None:
    send(public_client, opened_school, what_happened="He hit me")
    send(public_client, opened_school, what_happened="He hit me", may_we_message="no")
    send(public_client, opened_school, what_happened="He hit me", may_we_message="yes")
    assert [report.may_we_message for report in reports()] == [True, False, True]


def test_a_form_whose_seed_was_used_at_another_school_opens_nothing_there(
    public_client: Client, opened_school: Organization, cast: Cast, reports: Any
) -> None:
    seed = seal_seed(Receipt.new())
    first = send(public_client, opened_school, seed=seed, what_happened="He hit me")
    second = send(public_client, cast.district, seed=seed, what_happened="Something else")
    assert receipt_words(first) != receipt_words(second)
    assert len(reports()) == 2


# --- the page after sending is drawn once for many


def test_the_next_reporter_gets_their_own_words_and_nothing_of_the_one_before(
    public_client: Client, opened_school: Organization
) -> None:
    first = send(public_client, opened_school, what_happened="Anna has a knife.", who="Anna Example")
    second = send(public_client, opened_school, what_happened="Ben was beaten.", who="Ben Example")
    assert words_of(first)["what_happened"] == "Anna has a knife."
    assert words_of(second)["what_happened"] == "Ben was beaten."
    assert receipt_words(first) != receipt_words(second)
    assert "\ue000" not in second.content.decode()
    assert "\ue001" not in second.content.decode()


def test_the_page_after_sending_is_kept_apart_by_language_and_by_what_it_says(
    public_client: Client, opened_school: Organization
) -> None:
    calm = send(public_client, opened_school, what_happened="Somebody took my lunch.")
    spanish = send(public_client, opened_school, what_happened="Somebody took my lunch.", language="es")
    danger = send(public_client, opened_school, what_happened="Somebody took my lunch.", danger_now="yes")
    assert 'lang="en"' in calm.content.decode()
    assert 'lang="es"' in spanish.content.decode()
    assert "emergency-panel" in danger.content.decode()
    assert "emergency-panel" not in calm.content.decode()


def test_a_name_of_a_file_is_never_kept_with_the_page(
    public_client: Client, opened_school: Organization
) -> None:
    from security_center.reporting.views_public import sent

    empty = SimpleUploadedFile("my-name-is-anna.png", b"")
    shown = send(public_client, opened_school, what_happened="Somebody took my lunch.", files=empty)
    assert "my-name-is-anna.png" in shown.content.decode()
    assert not any("anna" in page for page in sent._kept.values())
