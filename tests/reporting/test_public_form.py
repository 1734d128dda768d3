"""The report form before it is sent: what it says, in which language, and who reads when."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import timedelta
from typing import Any

from django.test import Client
from django_scopes import scopes_disabled
from tests.cast import Cast
from tests.reporting.public_side import FORM, hidden, receipt_words, send, text

from security_center.foundation.clock import now
from security_center.foundation.duties.models import Heartbeat
from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault.receipts import Receipt
from security_center.prevention.models import PublishedForm
from security_center.reporting.models import Report

# --- before sending


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


def test_forms_of_schools_and_of_staff_leave_each_other_s_fields_alone() -> None:
    """Report forms share their fields; what one changes must not show in the next."""
    from security_center.reporting.forms import ReportForm
    from security_center.reporting.forms_intake import IntakeForm

    few, all_of_them = ReportForm(categories=["bullying"]), ReportForm(categories=None)
    assert len(list(few.fields["category"].choices)) < len(list(all_of_them.fields["category"].choices))  # type: ignore[attr-defined]
    assert few.fields["who"] is all_of_them.fields["who"]
    assert deepcopy(IntakeForm.base_fields)["who"] is not IntakeForm.base_fields["who"]
