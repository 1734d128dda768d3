"""Coming back with the receipt: who may not, what a slip is told, what the thread shows, and that nothing
typed is lost."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django_scopes import scope, scopes_disabled
from tests.cast import Cast
from tests.reporting.public_side import RECEIPT, THREAD, come_back, hidden, receipt_words, send, text

from security_center.foundation.clock import clock_at, now
from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault.receipts import Receipt, word_list
from security_center.reporting.actions import decisions, desk, retention
from security_center.reporting.actions.thread import desk_writes
from security_center.reporting.models import Report, ThreadMessage

FORM = "/report/maple-high-school/"


@pytest.fixture
def words(public_client: Client, opened_school: Organization) -> str:
    """The receipt of a report that was just sent."""
    return receipt_words(
        send(public_client, opened_school, what_happened="He hit me in the gym", who="Sam Doe")
    )


@pytest.fixture
def report(words: str) -> Report:
    with scopes_disabled():
        return Report.objects.select_related("desk__parent", "district", "organization__parent").get()


# --- who may not
# ---------------------------------------------------------------------------------------------------------


def test_without_the_words_nobody_sees_a_thread(public_client: Client, words: str) -> None:
    for cookie in ("", "forged", "A" * 120):
        if cookie:
            public_client.cookies[settings.SSC_RECEIPT_COOKIE] = cookie
        answer = public_client.get(THREAD, follow=True)
        assert "He hit me" not in text(answer)
        assert 'name="words"' in text(answer)
        assert "He hit me" not in text(public_client.post(THREAD, {"act": "about_me"}))


def test_another_reports_words_open_only_the_other_report(
    public_client: Client, opened_school: Organization, words: str
) -> None:
    other = receipt_words(send(public_client, opened_school, what_happened="She took my bag"))
    page = text(come_back(public_client, other))
    assert "She took my bag" in page
    assert "He hit me" not in page


def test_another_site_can_make_no_browser_write_into_a_thread(
    public_client: Client, words: str, report: Report
) -> None:
    come_back(public_client, words)
    for proof in ("", "0" * 64, "é"):
        answer = public_client.post(THREAD, {"proof": proof, "body": "planted", "act": "write"})
        assert answer.status_code == 403
        assert "planted" in text(answer), "an honest page that grew old gives the words back"
    assert public_client.post(THREAD, {"act": "about_me"}).status_code == 403
    with scopes_disabled():
        assert not ThreadMessage.objects.exists()
        assert not Report.objects.get().about_me


def test_the_words_never_stand_in_an_address(public_client: Client, words: str) -> None:
    assert public_client.get(RECEIPT, {"words": words}).status_code == 200
    assert settings.SSC_RECEIPT_COOKIE not in public_client.cookies
    answer = public_client.post(RECEIPT, {"words": words})
    assert answer["Location"] == THREAD


def test_the_cookie_is_for_these_pages_alone_and_has_no_date(public_client: Client, words: str) -> None:
    cookie = public_client.post(RECEIPT, {"words": words}).cookies[settings.SSC_RECEIPT_COOKIE]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"], cookie["secure"]) == (
        RECEIPT,
        "Strict",
        True,
        "",
    )
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert not any(word in cookie.value for word in words.split())


def test_under_tls_the_cookie_is_secure(public_client: Client, words: str, settings: Any) -> None:
    settings.SSC_PUBLIC_URL = "https://report.example.org"
    assert (
        public_client.post(RECEIPT, {"words": words}).cookies[settings.SSC_RECEIPT_COOKIE]["secure"] is True
    )


def test_twenty_minutes_later_the_thread_is_shut(public_client: Client, words: str) -> None:
    come_back(public_client, words)
    with clock_at(now() + timedelta(minutes=21)):
        answer = public_client.get(THREAD)
        assert "He hit me" not in text(answer)
        assert "after 20 minutes" in text(answer)


def test_leaving_shuts_the_thread(public_client: Client, words: str) -> None:
    come_back(public_client, words)
    assert public_client.post(THREAD, {"act": "leave"})["Location"] == RECEIPT
    assert public_client.get(THREAD).status_code == 303


# --- what a slip is told
# -------------------------------------------------------------------------------------------------


def test_capital_letters_commas_and_the_other_language_open_the_report(
    public_client: Client, words: str
) -> None:
    receipt = Receipt.from_text(words)
    for typed in (words.upper(), words.replace(" ", ",\n "), " ".join(receipt.words("es"))):
        assert "He hit me" in text(come_back(public_client, typed))


def slip(public_client: Client, typed: str) -> str:
    answer = public_client.post(RECEIPT, {"words": typed})
    assert settings.SSC_RECEIPT_COOKIE not in answer.cookies
    assert typed.split()[0] in text(answer) if typed.split() else True
    found = re.search(r'id="id_words_error">(.*?)</div>', text(answer), re.S)
    assert found
    return re.sub(r"<[^>]+>", "", found[1])


def test_each_slip_is_named(public_client: Client, words: str) -> None:
    typed = words.split()
    assert "Type the nine words" in slip(public_client, "")
    assert "These are 8 words of 9" in slip(public_client, " ".join(typed[:-1]))
    assert "10 words, but a receipt has only 9" in slip(public_client, f"{words} {typed[0]}")
    longest = max(typed, key=len)
    place = typed.index(longest)
    mistyped = [
        *typed[:place],
        f"{longest[:-1]}q" if not longest.endswith("q") else f"{longest}q",
        *typed[place + 1 :],
    ]
    told = slip(public_client, " ".join(mistyped))
    assert f"Word {place + 1}" in told
    assert f"“{longest}”" in told
    other = next(word for word in word_list("en") if word != typed[0])
    assert "One word is mistyped" in slip(public_client, " ".join([other, *typed[1:]]))


def test_right_words_of_no_report_are_told_apart_from_a_slip(public_client: Client, words: str) -> None:
    assert "no report belongs to them" in slip(public_client, Receipt.new().phrase("en"))


def test_wrong_words_cost_the_same_whatever_is_stored(
    public_client: Client, words: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        slip(public_client, Receipt.new().phrase("en"))
    with django_assert_num_queries(0):
        slip(public_client, "one two three")


def test_only_the_right_words_learn_that_a_report_is_destroyed(
    public_client: Client, words: str, report: Report, cast: Cast
) -> None:
    with scope(district=[report.district_id]):
        desk.look(actor=cast.rosa, report=report)
        decisions.decide(
            actor=cast.rosa, report=report, actions=["counseling"], validity="plausible", considered="talked"
        )
        decisions.close(actor=cast.rosa, report=report, reason="done")
        with clock_at(now() + timedelta(days=4000)):
            assert retention.shred(report=Report.objects.get())
    assert "are destroyed" in slip(public_client, words)


def test_a_database_that_fails_keeps_the_words_in_the_field(
    public_client: Client, words: str, monkeypatch: Any
) -> None:
    def fails(_receipt: Receipt) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("security_center.reporting.views_public.receipt.report_of", fails)
    answer = public_client.post(RECEIPT, {"words": words})
    assert answer.status_code == 503
    assert words in text(answer)


# --- the thread
# ----------------------------------------------------------------------------------------------------------


def test_the_reporter_sees_their_words_the_status_and_the_answer(
    public_client: Client, words: str, report: Report, cast: Cast
) -> None:
    page = text(come_back(public_client, words))
    assert "He hit me in the gym" in page
    assert "Sam Doe" in page
    assert "Nobody has read it yet" in page
    with scope(district=[report.district_id]):
        desk.look(actor=cast.rosa, report=report)
        desk_writes(actor=cast.rosa, report=report, body="Thank you. Which day was it?")
    page = text(public_client.get(THREAD))
    assert "A person is reading your report" in page
    assert "Which day was it?" in page
    assert "Rosa" not in page, "the reader's name is not the reporter's to know"
    with scopes_disabled():
        assert ThreadMessage.objects.get().seen_by_reporter_at is not None


def test_the_same_message_sent_twice_is_stored_once(public_client: Client, words: str) -> None:
    page = come_back(public_client, words)
    sent = {
        "proof": hidden(page, "proof"),
        "message": hidden(page, "message"),
        "act": "write",
        "body": "It was on Monday",
    }
    for _turn in range(2):
        assert public_client.post(THREAD, sent).status_code == 303
    assert text(public_client.get(THREAD)).count("It was on Monday") == 1


def test_files_can_be_added_and_the_one_that_failed_is_named(public_client: Client, words: str) -> None:
    page = come_back(public_client, words)
    files = [SimpleUploadedFile("photo.jpg", b"\xff\xd8\xff"), SimpleUploadedFile("nothing.txt", b"")]
    assert (
        public_client.post(
            THREAD, {"proof": hidden(page, "proof"), "message": hidden(page, "message"), "files": files}
        ).status_code
        == 303
    )
    shown = text(public_client.get(THREAD))
    assert "photo.jpg" in shown
    assert "“nothing.txt” did not arrive: it is empty." in shown


def test_an_empty_message_is_told_beside_the_field(public_client: Client, words: str) -> None:
    page = come_back(public_client, words)
    answer = public_client.post(THREAD, {"proof": hidden(page, "proof"), "body": "  "})
    assert 'id="id_body_error"' in text(answer)


def test_it_is_about_me_sets_the_flag_once_and_shows_help(
    public_client: Client, words: str, report: Report
) -> None:
    proof = hidden(come_back(public_client, words), "proof")
    for _turn in range(2):
        answer = public_client.post(THREAD, {"proof": proof, "act": "about_me"}, follow=True)
        assert "Call or text 988" in text(answer)
    with scopes_disabled():
        fresh = Report.objects.get()
        assert (fresh.about_me, fresh.crisis_lock) == (True, True)
        assert ThreadMessage.objects.count() == 1


def test_after_it_is_finished_the_reporter_is_asked_whether_it_helped(
    public_client: Client, words: str, report: Report, cast: Cast
) -> None:
    assert "Did this help?" not in text(come_back(public_client, words))
    with scope(district=[report.district_id]):
        desk.look(actor=cast.rosa, report=report)
        decisions.decide(
            actor=cast.rosa, report=report, actions=["counseling"], validity="plausible", considered="talked"
        )
        decisions.close(actor=cast.rosa, report=report, reason="done")
    page = public_client.get(THREAD)
    assert "Finished" in text(page)
    assert (
        public_client.post(
            THREAD, {"proof": hidden(page, "proof"), "act": "helped", "answer": "no"}
        ).status_code
        == 303
    )
    assert (
        public_client.post(
            THREAD, {"proof": hidden(page, "proof"), "act": "helped", "answer": "maybe"}
        ).status_code
        == 200
    )
    with scopes_disabled():
        assert Report.objects.get().helped == "no"


def test_a_message_written_while_the_time_ran_out_is_sent_with_the_words(
    public_client: Client, words: str
) -> None:
    page = come_back(public_client, words)
    sent = {
        "proof": hidden(page, "proof"),
        "message": hidden(page, "message"),
        "body": "A long story",
        "act": "write",
    }
    with clock_at(now() + timedelta(minutes=30)):
        answer = public_client.post(
            THREAD, {**sent, "files": SimpleUploadedFile("photo.jpg", b"\xff\xd8\xff")}
        )
        assert answer.status_code == 403
        assert "A long story" in text(answer)
        assert "photo.jpg" in text(answer)
        again = {"words": words, "body": "A long story", "message": hidden(answer, "message")}
        for _turn in range(2):
            assert public_client.post(RECEIPT, again).status_code == 303
        assert text(public_client.get(THREAD)).count("A long story") == 1


@pytest.mark.parametrize("where", ["report_of", "reporter_writes"])
def test_a_database_that_fails_gives_the_message_back(
    public_client: Client, words: str, monkeypatch: Any, where: str
) -> None:
    page = come_back(public_client, words)

    def fails(*_arguments: Any, **_named: Any) -> None:
        raise OperationalError("database is locked")

    typed = {
        "proof": hidden(page, "proof"),
        "message": str(uuid.uuid4()),
        "body": "It was on Monday",
        "act": "write",
    }
    with monkeypatch.context() as patch:
        patch.setattr(f"security_center.reporting.views_public.thread.{where}", fails)
        answer = public_client.post(THREAD, typed)
    assert answer.status_code == 503
    assert "It was on Monday" in text(answer)
    again = {**typed, "proof": hidden(answer, "proof"), "message": hidden(answer, "message")}
    assert again == typed
    assert public_client.post(THREAD, again).status_code == 303


def test_words_that_call_for_it_raise_the_urgency(public_client: Client, words: str, report: Report) -> None:
    page = come_back(public_client, words)
    public_client.post(
        THREAD, {"proof": hidden(page, "proof"), "body": "He said he will bring a gun tomorrow"}
    )
    with scopes_disabled():
        assert Report.objects.get().urgency == "U1"


def test_the_thread_costs_the_same_however_long_it_is(
    public_client: Client, words: str, report: Report, django_assert_max_num_queries: Any
) -> None:
    page = come_back(public_client, words)
    for turn in range(6):
        public_client.post(
            THREAD, {"proof": hidden(page, "proof"), "body": f"more {turn}", "message": str(uuid.uuid4())}
        )
    with django_assert_max_num_queries(8):
        public_client.get(THREAD)


def test_in_spanish_the_way_back_stays_spanish(public_client: Client, words: str) -> None:
    answer = public_client.post(RECEIPT, {"words": words, "language": "es"})
    assert answer["Location"] == f"{THREAD}?lang=es"
    assert 'lang="es"' in text(public_client.get(answer["Location"]))
