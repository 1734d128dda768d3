"""The page of one report: who may not open it, what is pressed on it, and that no word typed is lost."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from tests.cast import Cast
from tests.reporting.acts import Valley, fresh

from security_center.foundation.clock import clock_at, now
from security_center.foundation.duties.actions import advance_due_steps
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations.models import Person
from security_center.foundation.vault import provider
from security_center.reporting.actions import conflicts, decisions, desk, thread
from security_center.reporting.models import Approval, Report, Urgency

SignIn = Callable[[Person], Client]


def page(client: Client, report: Report, act: str = "") -> object:
    return client.get(f"/desk/reports/{report.number}/{act}")


def test_a_stranger_of_another_district_gets_404_everywhere(valley: Valley, signed_in: SignIn) -> None:
    report = valley.report()
    for person in (valley.cast.rosa_elsewhere, valley.cast.ivy_elsewhere, valley.cast.omar_elsewhere):
        client = signed_in(person)
        for act in (
            "",
            "now/",
            "decide/",
            "close/",
            "urgency/",
            "hand-over/",
            "conflict/",
            "link/",
            "hold/",
            "identity/",
        ):
            assert client.get(f"/desk/reports/{report.number}/{act}").status_code == 404, act
        for act in ("acknowledge/", "assign/", "message/", "note/", "subjects/", "now/stamp/", "pattern/"):
            assert client.post(f"/desk/reports/{report.number}/{act}").status_code == 404, act


def test_a_reader_of_the_next_school_gets_404(valley: Valley, signed_in: SignIn) -> None:
    assert page(signed_in(valley.cast.lena), valley.report()).status_code == 404


def test_somebody_whom_a_conflict_keeps_out_gets_404(valley: Valley, signed_in: SignIn) -> None:
    report = valley.report()
    conflicts.set_conflict(actor=valley.cast.ivy, report=report, about=valley.cast.dana)
    assert page(signed_in(valley.cast.dana), report).status_code == 404


def test_whoever_wants_to_close_is_led_to_the_decision_that_is_missing(
    valley: Valley, signed_in: SignIn
) -> None:
    report = valley.taken()
    answer = page(signed_in(valley.cast.rosa), report, "close/").content.decode()
    assert "Write the final decision first" in answer
    assert f"/desk/reports/{report.number}/decide/" in answer
    assert "<textarea" not in answer


def test_a_superintendent_is_told_whom_to_ask(valley: Valley, signed_in: SignIn) -> None:
    answer = page(signed_in(valley.cast.omar), valley.report())
    assert answer.status_code == 403
    assert "Rosa Ortiz" in answer.content.decode()


def test_an_administrator_is_led_to_an_access_session(valley: Valley, signed_in: SignIn) -> None:
    answer = page(signed_in(valley.cast.ada), valley.report())
    assert answer.status_code == 403
    assert f"/organizations/{valley.school.pk}/access/" in answer.content.decode()


def test_opening_the_page_shows_the_words_and_is_recorded_as_a_look(
    valley: Valley, signed_in: SignIn
) -> None:
    report = valley.report("First line.\nSecond <b>line</b>.", language="es")
    html = page(signed_in(valley.cast.rosa), report).content.decode()
    assert "First line.<br>Second &lt;b&gt;line&lt;/b&gt;." in html
    assert 'lang="es"' in html
    assert (
        entries_about(report.thing).filter(verb="report.read", actor=f"person:{valley.cast.rosa.pk}").count()
        == 1
    )
    assert fresh(report).state == Report.State.READING


def test_the_first_button_is_i_have_it(valley: Valley, signed_in: SignIn) -> None:
    report, client = valley.report(), signed_in(valley.cast.rosa)
    assert "I have it" in page(client, report).content.decode()
    answer = client.post(f"/desk/reports/{report.number}/acknowledge/", follow=True)
    taken = fresh(report)
    assert taken.acknowledged_by == valley.cast.rosa
    assert taken.holder == valley.cast.rosa
    assert "The alert has stopped" in answer.content.decode()
    assert "Answer the reporter" in answer.content.decode()


def test_the_one_who_presses_second_is_told_who_has_it(valley: Valley, signed_in: SignIn) -> None:
    report = valley.taken()
    answer = signed_in(valley.cast.ben).post(f"/desk/reports/{report.number}/acknowledge/", follow=True)
    assert "Rosa Ortiz has it already" in answer.content.decode()


def test_a_message_sent_twice_is_stored_once(valley: Valley, signed_in: SignIn) -> None:
    report, client = valley.taken(), signed_in(valley.cast.rosa)
    html = page(client, report).content.decode()
    number = re.search(r'name="message-message" value="([^"]+)"', html)
    assert number
    for _time in range(2):
        client.post(
            f"/desk/reports/{report.number}/message/",
            {"message-body": "Thank you. Where was it?", "message-message": number[1]},
        )
    assert report.messages.count() == 1
    assert "Thank you. Where was it?" in page(client, report).content.decode()


def test_a_ready_question_goes_out_in_the_reporters_language(valley: Valley, signed_in: SignIn) -> None:
    report, client = valley.taken(language="es"), signed_in(valley.cast.rosa)
    client.post(
        f"/desk/reports/{report.number}/message/",
        {"quick": "what_would_help", "message-message": str(uuid.uuid4())},
    )
    assert "¿Qué es lo que más ayudaría en este momento?" in page(client, report).content.decode()


def test_a_ready_sentence_is_put_behind_what_was_typed_and_not_sent(
    valley: Valley, signed_in: SignIn
) -> None:
    report, client = valley.taken(language="es"), signed_in(valley.cast.rosa)
    sent = {
        "message-body": "Hola.",
        "message-template": "right_to_tell",
        "fill": "yes",
        "message-message": str(uuid.uuid4()),
    }
    for headers in ({}, {"HX-Request": "true"}):
        html = client.post(f"/desk/reports/{report.number}/message/", sent, headers=headers).content.decode()
        assert "Hola.\nHiciste bien en avisarnos." in html
    assert report.messages.count() == 0


def test_an_empty_message_keeps_the_page_and_says_so(valley: Valley, signed_in: SignIn) -> None:
    report, client = valley.taken(), signed_in(valley.cast.rosa)
    answer = client.post(
        f"/desk/reports/{report.number}/message/", {"message-body": " ", "message-message": str(uuid.uuid4())}
    )
    assert "data-error-summary" in answer.content.decode()
    assert report.messages.count() == 0


def test_who_asked_not_to_be_written_to_is_not(valley: Valley, signed_in: SignIn) -> None:
    report, client = valley.taken(may_we_message=False), signed_in(valley.cast.rosa)
    assert "asked not to be written to" in page(client, report).content.decode()
    client.post(
        f"/desk/reports/{report.number}/message/",
        {"message-body": "Hello", "message-message": str(uuid.uuid4())},
    )
    assert report.messages.count() == 0


def test_a_note_stays_within_the_team(valley: Valley, signed_in: SignIn) -> None:
    report, client = valley.taken(), signed_in(valley.cast.rosa)
    client.post(f"/desk/reports/{report.number}/note/", {"note-body": "Spoke with the bus driver."})
    assert "Spoke with the bus driver." in page(client, report).content.decode()


def test_giving_it_to_a_colleague_tells_them(valley: Valley, signed_in: SignIn) -> None:
    report, client = valley.taken(), signed_in(valley.cast.rosa)
    client.post(f"/desk/reports/{report.number}/assign/", {"assign-to": str(valley.cast.ben.pk)})
    assert fresh(report).holder == valley.cast.ben
    client.post(f"/desk/reports/{report.number}/assign/", {"assign-to": str(valley.cast.lena.pk)})
    assert fresh(report).holder == valley.cast.ben


def test_where_a_report_is_lowered_the_page_says_what_its_kind_is_often_lowered_to(
    valley: Valley, signed_in: SignIn
) -> None:
    rosa, said = signed_in(valley.cast.rosa), "reports of this kind are often lowered to"
    threat, weapon = valley.taken(category="threat_person"), valley.taken(category="weapon")
    assert f"{said}: {Urgency.U2.label}." in page(rosa, threat, "urgency/").content.decode()
    assert said not in page(rosa, weapon, "urgency/").content.decode()
    threat.urgency = Urgency.U2
    threat.save()
    assert said not in page(rosa, threat, "urgency/").content.decode()


def test_raising_needs_nobody_and_lowering_from_now_needs_a_second_reader(
    valley: Valley, signed_in: SignIn
) -> None:
    cast, report = valley.cast, valley.taken()
    rosa = signed_in(cast.rosa)
    rosa.post(f"/desk/reports/{report.number}/urgency/", {"urgency-urgency": "U1"})
    assert fresh(report).urgency == "U1"
    kept = rosa.post(f"/desk/reports/{report.number}/urgency/", {"urgency-urgency": "U3"})
    assert "Write why it is less urgent" in kept.content.decode()
    rosa.post(
        f"/desk/reports/{report.number}/urgency/",
        {"urgency-urgency": "U3", "urgency-reason": "The knife was a butter knife."},
    )
    assert fresh(report).urgency == "U1"
    asked = Approval.objects.get(report=report)
    address = f"/desk/reports/{report.number}/approvals/{asked.uuid}/"
    own = rosa.post(address, {f"approval-{asked.pk}-answer": "I agree with myself", "agree": "yes"})
    assert "must be another person" in own.content.decode()
    ben = signed_in(cast.ben)
    assert "Answer as second reader" in page(ben, report).content.decode()
    assert "The knife was a butter knife." in page(ben, report).content.decode()
    silent = ben.post(address, {"agree": "yes"})
    assert "Write what you looked at yourself" in silent.content.decode()
    ben.post(address, {f"approval-{asked.pk}-answer": "I saw it too.", "agree": "yes"})
    assert fresh(report).urgency == "U3"


DECISION = {
    "decide-actions": ["counseling"],
    "decide-validity": "plausible",
    "decide-considered": "Spoke with both.",
    "decide-interim": "no",
}


def test_a_decision_without_a_basis_is_refused_and_keeps_what_was_chosen(
    valley: Valley, signed_in: SignIn
) -> None:
    report, client = valley.taken(), signed_in(valley.cast.rosa)
    html = client.post(
        f"/desk/reports/{report.number}/decide/", {**DECISION, "decide-considered": " "}
    ).content.decode()
    assert "A decision without a basis does not count" in html
    assert re.search(r'value="counseling"[^>]*checked', html)
    assert fresh(report).decided_at is None


def test_a_report_is_decided_and_closed(valley: Valley, signed_in: SignIn) -> None:
    report, client = valley.taken(category="drugs"), signed_in(valley.cast.rosa)
    early = client.post(f"/desk/reports/{report.number}/close/", {}, follow=True)
    assert "Write the final decision first" in early.content.decode()
    answer = client.post(f"/desk/reports/{report.number}/decide/", DECISION, follow=True)
    assert "Close the report" in answer.content.decode()
    answer = client.post(f"/desk/reports/{report.number}/close/", {}, follow=True)
    assert fresh(report).state == Report.State.FINISHED
    assert "Closed by Rosa Ortiz" in answer.content.decode()
    assert not open_about(report.thing).exists()


def test_what_names_a_weapon_is_closed_by_two_of_different_disciplines(
    valley: Valley, signed_in: SignIn
) -> None:
    cast, report = valley.cast, valley.taken(weapon="a knife")
    rosa = signed_in(cast.rosa)
    rosa.post(f"/desk/reports/{report.number}/decide/", DECISION)
    html = rosa.post(f"/desk/reports/{report.number}/close/", {}).content.decode()
    assert "The second reader decides on it" in html
    rosa.post(f"/desk/reports/{report.number}/close/", {"close-reason": "No knife was found."})
    asked = Approval.objects.get(report=report, kind="close")
    address, given = (
        f"/desk/reports/{report.number}/approvals/{asked.uuid}/",
        {f"approval-{asked.pk}-answer": "Same view.", "agree": "yes"},
    )
    signed_in(cast.tess).post(address, given)
    assert fresh(report).closed_at is None
    signed_in(cast.ben).post(address, given)
    assert fresh(report).closed_at is not None


def test_new_facts_are_read_before_anybody_closes(valley: Valley, signed_in: SignIn) -> None:
    received = valley.receive(category="drugs")
    report, client = received.report, signed_in(valley.cast.rosa)
    desk.acknowledge(actor=valley.cast.rosa, report=report)
    decisions.decide(
        actor=valley.cast.rosa, report=report, actions=["counseling"], validity="plausible", considered="x"
    )
    valley.pass_time(minutes=5)
    thread.reporter_writes(receipt=received.receipt, report=report, body="There is more.")
    html = client.post(f"/desk/reports/{report.number}/close/", {}).content.decode()
    assert "Read it first" in html
    assert "I have read what is new" in page(client, report).content.decode()


def test_the_page_says_plainly_when_the_vault_is_locked(
    valley: Valley, signed_in: SignIn, monkeypatch: object
) -> None:
    report, client = valley.report(), signed_in(valley.cast.rosa)
    monkeypatch.setattr(provider, "provider", _locked)  # type: ignore[attr-defined]
    monkeypatch.setattr("security_center.foundation.vault.queries.provider", _locked)  # type: ignore[attr-defined]
    answer = page(client, report)
    assert answer.status_code == 503
    assert "The vault is locked" in answer.content.decode()
    assert "What you typed was not saved" not in answer.content.decode(), "nothing was typed"
    assert client.get("/desk/").status_code == 200


def _locked() -> None:
    raise provider.VaultLocked


def test_a_history_of_everything_stands_folded_in_plain_words(valley: Valley, signed_in: SignIn) -> None:
    report = valley.taken()
    html = page(signed_in(valley.cast.ben), report).content.decode()
    assert "Pressed “I have it”." in html
    assert "Rosa Ortiz" in html


def test_a_destroyed_report_keeps_its_number_only(valley: Valley, signed_in: SignIn) -> None:
    from security_center.reporting.actions import retention

    report = valley.taken(category="drugs")
    decisions.decide(
        actor=valley.cast.rosa, report=report, actions=["counseling"], validity="plausible", considered="x"
    )
    decisions.close(actor=valley.cast.rosa, report=report)
    assert retention.shred(report=fresh(report))
    html = page(signed_in(valley.cast.rosa), report).content.decode()
    assert "were destroyed" in html
    client = signed_in(valley.cast.rosa)
    for act in ("decide/", "now/", "close/"):
        assert page(client, report, act).headers["Location"] == f"/desk/reports/{report.number}/"
    assert client.post(f"/desk/reports/{report.number}/note/", {"note-body": "x"}).status_code == 302
    assert not report.notes.exists()


def test_links_of_a_look_that_only_reads_show_no_button(
    valley: Valley, signed_in: SignIn, cast: Cast
) -> None:
    from security_center.foundation.organizations import actions as organizations

    report = valley.report()
    organizations.start_access_session(actor=cast.ada, organization=valley.school, reason="Audit of the desk")
    html = page(signed_in(cast.ada), report).content.decode()
    assert "You are here in an access session" in html
    assert "I have it" not in html


def test_the_number_of_a_linked_report_that_is_kept_from_the_reader_does_not_stand_on_the_others_page(
    valley: Valley, signed_in: SignIn
) -> None:
    first, other = valley.taken(), valley.taken()
    desk.link_duplicate(actor=valley.cast.rosa, report=fresh(other), first=fresh(first))
    path = f"/desk/reports/{other.number}/"
    assert first.number in signed_in(valley.cast.dana).get(path).content.decode()
    conflicts.set_conflict(actor=valley.cast.rosa, report=fresh(first), about=valley.cast.dana)
    assert first.number not in signed_in(valley.cast.dana).get(path).content.decode()
    assert first.number in signed_in(valley.cast.nia).get(path).content.decode()


def test_of_many_alerts_the_last_two_stand_open_and_the_earlier_are_folded(
    valley: Valley, signed_in: SignIn
) -> None:
    report = valley.report(danger_now="yes")
    for minutes in range(0, 60, 5):
        with clock_at(now() + timedelta(minutes=minutes)):
            advance_due_steps()
    body = page(signed_in(valley.cast.rosa), report).content.decode()
    open_line = re.search(r"Told so far:(.*?)</p>", body, re.DOTALL)
    folded = re.search(
        r"<details>\s*<summary>\s*and (\d+) earlier\s*</summary>\s*<ol[^>]*>(.*?)</ol>", body, re.DOTALL
    )
    assert open_line is not None
    assert open_line[1].count(";") == 1
    assert folded is not None
    assert folded[2].count("<li>") == int(folded[1]) > 0
