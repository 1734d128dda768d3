"""Writing down what somebody tells: on the phone, in person, about oneself; and what was promised to be
written today."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.reporting.acts import Valley

from security_center.foundation.duties.models import Duty
from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations.models import Person
from security_center.foundation.vault.receipts import Receipt
from security_center.reporting.models import Report, ReporterIdentity
from security_center.reporting.queries import report_of, thread_page

SignIn = Callable[[Person], Client]


def seed(page: Any) -> str:
    found = re.search(r'name="seed" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def words(page: Any) -> Receipt:
    found = re.search(r'id="receipt"[^>]*>(.*?)</ol>', page.content.decode(), re.S)
    assert found, page.content.decode()
    return Receipt.from_text(" ".join(re.sub(r"<[^>]+>", " ", found[1]).split()))


def send(client: Client, channel: str, valley: Valley, **fields: object) -> Any:
    address = f"/desk/new/{channel}/"
    return client.post(
        address, {"seed": seed(client.get(address)), "school": str(valley.school.pk), **fields}
    )


@pytest.mark.parametrize(
    "address",
    ["/desk/new/", "/desk/new/phone/", "/desk/new/staff/", "/desk/new/in_person/", "/desk/new/phone/bomb/"],
)
def test_whose_role_takes_no_reports_in_is_refused(valley: Valley, signed_in: SignIn, address: str) -> None:
    assert signed_in(valley.cast.aud).get(address).status_code == 403
    assert signed_in(valley.cast.ada).get(address).status_code == 403


def test_nobody_writes_down_for_a_school_of_another_district(valley: Valley, signed_in: SignIn) -> None:
    page = send(signed_in(valley.cast.rosa_elsewhere), "phone", valley, what_happened="x")
    assert page.status_code == 200
    assert "data-error-summary" in page.content.decode()
    assert not Report.objects.exists()


def test_an_unknown_channel_is_not_found(valley: Valley, signed_in: SignIn) -> None:
    assert signed_in(valley.cast.rosa).get("/desk/new/web/").status_code == 404
    assert signed_in(valley.cast.rosa).get("/desk/new/fax/").status_code == 404


def test_the_phone_screen_asks_in_order_and_the_words_open_the_report(
    valley: Valley, signed_in: SignIn
) -> None:
    client = signed_in(valley.cast.rosa)
    page = client.get("/desk/new/phone/").content.decode()
    asked = [
        "You do not have to give your name",
        "Is anyone in danger right now?",
        "in your own words",
        "Who is it about?",
        "When and where",
        "weapon",
    ]
    places = [page.index(words) for words in asked]
    assert places == sorted(places)
    sent = send(client, "phone", valley, what_happened="A man waits at the gate.", danger_now="yes")
    assert "Read these words aloud" in sent.content.decode()
    receipt = words(sent)
    report = report_of(receipt)
    assert (report.channel, report.mode, report.urgency) == ("phone", "anonymous", "U1")
    assert thread_page(receipt, report).words["what_happened"] == "A man waits at the gate."


def test_the_same_form_sent_twice_is_one_report(valley: Valley, signed_in: SignIn) -> None:
    client = signed_in(valley.cast.rosa)
    given = {
        "seed": seed(client.get("/desk/new/phone/")),
        "school": str(valley.school.pk),
        "what_happened": "Once.",
    }
    assert words(client.post("/desk/new/phone/", given)) == words(client.post("/desk/new/phone/", given))
    assert Report.objects.count() == 1


def test_an_empty_form_keeps_what_was_typed(valley: Valley, signed_in: SignIn) -> None:
    page = send(
        signed_in(valley.cast.rosa), "in_person", valley, what_happened=" ", who="The new boy in 7b"
    ).content.decode()
    assert "The new boy in 7b" in page
    assert "A few words are enough" in page


def test_a_confidential_colleague_is_named_nowhere_but_in_the_sealed_identity(
    valley: Valley, signed_in: SignIn
) -> None:
    cast = valley.cast
    missing = send(signed_in(cast.tess), "staff", valley, what_happened="The coach shouts.")
    assert "Choose one." in missing.content.decode()
    sent = send(
        signed_in(cast.tess),
        "staff",
        valley,
        what_happened="The coach shouts.",
        mode="confidential",
        category="policy_safety",
    )
    report = report_of(words(sent))
    identity = ReporterIdentity.objects.get(report=report)
    assert identity.record != report.record
    assert not Entry.objects.filter(thing=report.thing, actor=f"person:{cast.tess.pk}").exists()
    assert (
        "Tess Moran"
        not in signed_in(cast.rosa)
        .get(f"/desk/reports/{report.number}/")
        .content.decode()
        .split("Give it to")[0]
    )


def test_an_identified_colleague_is_named_to_the_team(valley: Valley, signed_in: SignIn) -> None:
    report = report_of(
        words(
            send(
                signed_in(valley.cast.tess),
                "staff",
                valley,
                what_happened="A broken lock.",
                mode="identified",
            )
        )
    )
    assert (
        "Identified: Tess Moran"
        in signed_in(valley.cast.rosa).get(f"/desk/reports/{report.number}/").content.decode()
    )


def test_a_bomb_threat_is_urgent_and_every_answer_lies_in_the_sealed_text(
    valley: Valley, signed_in: SignIn
) -> None:
    client, address = signed_in(valley.cast.rosa), "/desk/new/phone/bomb/"
    page = client.get(address)
    assert "Do not hang up" in page.content.decode()
    given = {
        "seed": seed(page),
        "school": str(valley.school.pk),
        "where_is_it": "Under the stage",
        "what_kind": "Pipe",
    }
    refused = client.post(address, given).content.decode()
    assert "Under the stage" in refused
    assert "Write the words of the threat" in refused
    receipt = words(client.post(address, {**given, "exact_words": "It goes off at noon."}))
    report = report_of(receipt)
    assert (report.category, report.urgency, report.danger_now) == ("bomb_threat", "U1", "yes")
    text = thread_page(receipt, report).words["what_happened"]
    assert "Where is the bomb right now?: Under the stage" in text
    assert "The exact words of the threat: It goes off at noon." in text


def test_what_was_told_is_written_down_the_same_day_or_the_district_hears_of_it(
    valley: Valley, signed_in: SignIn
) -> None:
    client = signed_in(valley.cast.dana)
    client.post("/desk/new/told/", {"told-school": str(valley.school.pk)})
    duty = Duty.objects.open().get(kind="reporting.record_today")
    assert duty.holder == valley.cast.dana
    assert "You said that you would write down today" in client.get("/desk/new/").content.decode()
    valley.pass_time(hours=15)
    valley.ring()
    assert valley.cast.nia in {person for step in duty.steps.all() for person in step.told.all()}
    sent = send(client, "in_person", valley, what_happened="A mother said that her son is afraid.")
    assert "Give these words to the person who told you" in sent.content.decode()
    assert not Duty.objects.open().filter(kind="reporting.record_today").exists()


def test_what_staff_were_told_at_a_school_without_a_reader_or_a_plan_is_taken_and_rings_above_it(
    valley: Valley, signed_in: SignIn
) -> None:
    from security_center.prevention import actions as plan

    plan.set_coverage(actor=None, organization=valley.cast.school_b, rows=[])
    client = signed_in(valley.cast.lena)
    given = {
        "seed": seed(client.get("/desk/new/phone/")),
        "school": str(valley.cast.school_b.pk),
        "what_happened": "Kept.",
    }
    assert (
        "No reader is named there. The district hears of it at once."
        in client.post("/desk/new/phone/", given).content.decode()
    )
    valley.ring()
    assert {name for _minute, _audience, names in valley.steps(Report.objects.get()) for name in names} == {
        "Nia Ward"
    }
