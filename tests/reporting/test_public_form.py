"""The report form: what is shown before, what is taken, what is said after, and that nothing refuses the
text."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django_scopes import scopes_disabled
from tests.cast import Cast
from tests.reporting.public_side import hidden, receipt_words, send, text

from security_center.foundation.clock import now
from security_center.foundation.duties.models import Heartbeat
from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault.receipts import Receipt, seal_seed
from security_center.prevention.models import PublishedForm
from security_center.reporting.models import Report
from security_center.reporting.queries import report_of, thread_page

FORM = "/report/maple-high-school/"


def words_of(response: Any) -> dict[str, str]:
    """The stored report, opened with the receipt that the page shows."""
    receipt = Receipt.from_text(receipt_words(response))
    with scopes_disabled():
        return thread_page(receipt, report_of(receipt)).words


# --- before sending
# ------------------------------------------------------------------------------------------------


def test_nobody_reaches_the_form_of_a_place_that_is_not_there(
    public_client: Client, opened_school: Organization, cast: Cast
) -> None:
    assert public_client.get("/report/nowhere/").status_code == 404
    assert public_client.get(f"/report/{cast.state.slug}/").status_code == 404
    assert public_client.post("/report/maple-high-school/about/", {}).status_code == 405


def test_the_form_comes_in_the_order_of_reading(public_client: Client, opened_school: Organization) -> None:
    page = text(public_client.get(FORM))
    outline = [
        "data-quick-exit",
        "Maple High School",
        "hreflang",
        'href="tel:911"',
        'href="tel:988"',
        "We do not ask who you are",
        'name="what_happened"',
        'name="danger_now"',
        "<summary>Add more, if you can",
        'name="who"',
        'name="when_where"',
        'name="weapon"',
        'name="how_do_you_know"',
        'name="category"',
        'name="files"',
        'name="about_staff"',
        'name="not_this_school"',
        'name="may_we_message"',
        'id="receipt"',
        ">Send</button>",
    ]
    places = [page.index(mark) for mark in outline]
    assert places == sorted(places)


def test_no_cookie_is_set_anywhere_before_a_receipt_is_typed(
    public_client: Client, opened_school: Organization
) -> None:
    public_client.get("/")
    public_client.get("/report/?q=maple")
    send(public_client, opened_school, what_happened="He hit me")
    public_client.get("/report/receipt/")
    assert not public_client.cookies


def test_the_words_before_sending_are_the_words_after(
    public_client: Client, opened_school: Organization
) -> None:
    form = public_client.get(FORM)
    sent = public_client.post(FORM, {"seed": hidden(form, "seed"), "what_happened": "He hit me"})
    assert receipt_words(form) == receipt_words(sent)
    assert Receipt.from_text(receipt_words(form))


def test_no_two_forms_carry_the_same_words(public_client: Client, opened_school: Organization) -> None:
    assert receipt_words(public_client.get(FORM)) != receipt_words(public_client.get(FORM))


def test_the_page_speaks_spanish_by_address_by_browser_and_by_what_was_posted(
    public_client: Client, opened_school: Organization
) -> None:
    for answer in (
        public_client.get(f"{FORM}?lang=es"),
        public_client.get(FORM, headers={"accept-language": "es-MX"}),
        send(public_client, opened_school, what_happened="Me pegó", language="es"),
    ):
        assert 'lang="es"' in text(answer)
        assert "Escribe estas palabras" in text(answer)
    with scopes_disabled():
        assert Report.objects.get().language == "es"


def test_in_another_language_the_same_receipt_and_all_that_was_typed_stay(
    public_client: Client, opened_school: Organization
) -> None:
    seed = hidden(public_client.get(FORM), "seed")
    drawn = public_client.post(
        f"{FORM}?lang=es",
        {"redraw": "es", "seed": seed, "what_happened": "half a sent", "who": "Sam", "danger_now": "unsure"},
    )
    assert "half a sent" in text(drawn)
    assert 'value="unsure" id="id_danger_now_2" checked' in re.sub(
        r" class=\"[^\"]*\"", "", text(drawn)
    ) or "checked" in text(drawn)
    assert "usa-error-message" not in text(drawn)
    english = receipt_words(public_client.post(FORM, {"redraw": "en", "seed": seed}))
    assert Receipt.from_text(receipt_words(drawn)) == Receipt.from_text(english)
    with scopes_disabled():
        assert Report.objects.count() == 0


def test_a_qr_code_leads_to_the_form_and_the_report_says_so(
    public_client: Client, opened_school: Organization, reports: Any
) -> None:
    answer = public_client.get("/r/maple-high-school/?lang=es")
    assert (answer.status_code, answer["Location"]) == (302, f"{FORM}?via=qr&lang=es")
    send(public_client, opened_school, query="?via=qr", what_happened="He hit me")
    send(public_client, opened_school, what_happened="He hit me")
    assert [report.channel for report in reports()] == ["qr_link", "web"]


def test_a_district_has_a_form_too(
    public_client: Client, opened_school: Organization, cast: Cast, reports: Any
) -> None:
    assert "Trained people at Maple Valley School District read this." in text(
        public_client.get(f"/report/{cast.district.slug}/")
    )
    assert send(public_client, cast.district, what_happened="The bus company").status_code == 200
    assert reports()[0].desk == cast.district


# --- who reads when
# ------------------------------------------------------------------------------------------------


def test_the_page_says_when_somebody_reads_next(public_client: Client, opened_school: Organization) -> None:
    in_three_hours = (now() + timedelta(hours=3)).isoformat()
    window = [[in_three_hours, (now() + timedelta(hours=9)).isoformat()]]
    PublishedForm.objects.filter(organization=opened_school).update(windows=window)
    assert "Nobody is reading right now. The next person reads at" in text(public_client.get(FORM))
    PublishedForm.objects.filter(organization=opened_school).update(windows=[])
    assert "we cannot say when someone will" in text(public_client.get(FORM))
    PublishedForm.objects.filter(organization=opened_school).update(
        windows=[[now().isoformat(), in_three_hours]]
    )
    assert "Someone is reading reports now, until" in text(public_client.get(FORM))


def test_while_no_alert_goes_out_the_page_promises_no_minutes(
    public_client: Client, opened_school: Organization
) -> None:
    assert "within 5 minutes" in text(public_client.get(FORM))
    long_ago = now() - timedelta(minutes=3)
    Heartbeat.objects.update(beat_at=long_ago, wall_at=long_ago)
    for page in (
        text(public_client.get(FORM)),
        text(send(public_client, opened_school, what_happened="He hit me", danger_now="yes")),
    ):
        assert "Our alerts are not working right now" in page
        assert "within 5 minutes" not in page
        assert "A person is called right away, day and night" not in page


def test_a_closed_form_says_where_to_turn_and_takes_nothing(
    public_client: Client, opened_school: Organization, cast: Cast
) -> None:
    PublishedForm.objects.filter(organization=cast.school_b).update(
        open=False, other_line_name="Franklin Tip Line", other_line_number="555-0177"
    )
    page = text(public_client.get(f"/report/{cast.school_b.slug}/"))
    assert "<form" not in page
    assert "Franklin Tip Line" in page
    assert "555-0177" in page
    assert "Crisis Text Line" in page
    assert f'href="/report/{cast.district.slug}/"' in page, (
        "the district's form is open: that is where to turn first"
    )


def test_a_form_that_closed_while_somebody_wrote_gives_the_words_back(
    public_client: Client, opened_school: Organization, reports: Any
) -> None:
    seed = hidden(public_client.get(FORM), "seed")
    PublishedForm.objects.update(open=False)
    answer = public_client.post(FORM, {"seed": seed, "what_happened": "He hit me", "who": "Sam Doe"})
    assert answer.status_code == 409
    assert "were NOT sent" in text(answer)
    assert "He hit me" in text(answer)
    assert "Sam Doe" in text(answer)
    assert "Crisis Text Line" in text(answer)
    assert reports() == []
    gone = public_client.post("/report/a-school-that-moved/", {"what_happened": "He hit me"})
    assert "He hit me" in text(gone), "even a school that is gone gives the words back"


# --- sending
# ------------------------------------------------------------------------------------------------


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
# ------------------------------------------------------------------------------------------------


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
# -----------------------------------------------------------------------


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


def test_forms_of_schools_and_of_staff_leave_each_other_s_fields_alone() -> None:
    """Report forms share their fields; what one changes must not show in the next."""
    from security_center.reporting.forms import ReportForm
    from security_center.reporting.forms_staff import IntakeForm

    few, all_of_them = ReportForm(categories=["bullying"]), ReportForm(categories=None)
    assert len(list(few.fields["category"].choices)) < len(list(all_of_them.fields["category"].choices))  # type: ignore[attr-defined]
    assert few.fields["who"] is all_of_them.fields["who"]
    assert deepcopy(IntakeForm.base_fields)["who"] is not IntakeForm.base_fields["who"]
