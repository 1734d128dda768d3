"""The end of a closed case: when it comes, what stops it, that nothing of it can be read afterwards, and what
stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.case_records.privacy import text_of
from tests.threat_assessment.pages import seen, send, words
from tests.threat_assessment.team import SCREEN, Team

from security_center.case_records import tasks
from security_center.case_records.actions import break_glass, destruction, inspections
from security_center.case_records.models import Certificate, EarlyEnd
from security_center.foundation.duties.queries import open_about
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.notifications.models import Message
from security_center.foundation.vault import actions as vault
from security_center.foundation.vault.queries import NoSealedKey, recipients_of
from security_center.prevention import actions as plan_actions
from security_center.threat_assessment import retention
from security_center.threat_assessment.actions import (
    case_closing,
    case_opening,
    management_plan,
    screening,
    state_transitions,
)
from security_center.threat_assessment.case_tables import sealed_columns, tables
from security_center.threat_assessment.models import Case, State
from security_center.threat_assessment.sealing import unsealed

SignIn = Callable[..., Client]


def unfounded(team: Team, **fields: object) -> Case:
    case = state_transitions.advance(
        actor=team.tess, case=team.open(subject_name="Marker-Name", **fields), to=State.SCREENING
    )
    for person in (team.tess, team.ben):
        screening.screen(
            actor=person, case=case, **{**SCREEN, "view": "unfounded", "note": "Marker-Screening"}
        )
    closure = case_closing.ask_to_close(
        actor=team.tess, case=case, reason="unfounded", text="Marker-Closing: a line of a song."
    )
    return case_closing.answer_closing(actor=team.ben, case=case, closure=closure, agree=True, text="Yes.")


def managed(team: Team) -> Case:
    case = team.managed()
    management_plan.settle_action(
        actor=team.ben, case=case, action=case.plan.actions.get(), state="done", evidence="Four talks."
    )
    management_plan.review(actor=team.tess, case=case, text="Better.", next_in_days=14)
    closure = case_closing.ask_to_close(
        actor=team.tess, case=case, reason="resolved_support_in_place", text="He is well."
    )
    return case_closing.answer_closing(
        actor=team.ben, case=case, closure=closure, agree=True, text="I agree."
    )


def texts_left(case: Case) -> dict[str, int]:
    """Every sealed text that still hangs on the case, by table."""
    case.refresh_from_db()
    found = {"case": sum(bool(getattr(case, column)) for column in sealed_columns(Case))}
    for model, way in tables().items():
        for row in model._default_manager.filter(**{way: case}):
            found[model.__name__] = found.get(model.__name__, 0) + sum(
                bool(getattr(row, column)) for column in sealed_columns(model)
            )
    return {table: count for table, count in found.items() if count}


def test_an_unfounded_case_ends_early_and_a_managed_one_after_years(team: Team) -> None:
    short, long = unfounded(team), managed(team)
    assert (short.keep_until - short.today()).days == 180  # type: ignore[operator]
    assert (long.keep_until - long.today()).days == 1825  # type: ignore[operator]
    assert not retention.may_end_early(long)


def test_a_case_is_kept_as_long_as_the_plan_says_that_it_was_opened_under(team: Team) -> None:
    before = team.managed()
    plan_actions.adopt_plan(
        actor=None,
        organization=team.valley.cast.district,
        case_retention_days=700,
        case_retention_days_short=30,
    )
    short = unfounded(team)
    assert (short.keep_until - short.today()).days == 30  # type: ignore[operator]
    assert retention.kept_by(team.managed()).days == 700
    assert retention.kept_by(Case.objects.get(pk=before.pk)).days == 1825


def test_a_case_that_opens_again_has_no_end_any_more(team: Team) -> None:
    case = case_closing.add_report(
        actor=None, case=unfounded(team), report=team.valley.report("He says it again.")
    )
    assert case.keep_until is None
    assert destruction.expunge(case=case) is None


def test_the_worker_warns_first_and_destroys_on_the_day_leaving_number_times_outcome_and_a_certificate(
    team: Team, signed_in: SignIn
) -> None:
    case = unfounded(team)
    team.valley.pass_time(days=155)
    assert tasks.end_cases() == 0
    assert [message.person_id for message in Message.objects.filter(kind="case.end_near")] == [team.tess.pk]
    tasks.end_cases()
    assert Message.objects.filter(kind="case.end_near").count() == 1
    assert texts_left(case)
    team.valley.pass_time(days=25)
    assert tasks.end_cases() == 1
    assert tasks.end_cases() == 0
    assert texts_left(case) == {}
    assert recipients_of(case.record) == []
    with pytest.raises(NoSealedKey):
        unsealed(case)
    assert (case.state, case.close_reason, case.student_id) == ("closed", "unfounded", None)
    certificate = Certificate.objects.get()
    assert (certificate.rule, certificate.days, certificate.early, certificate.keys) == (
        "short",
        180,
        False,
        2,
    )
    assert certificate.rows["screening"] == 2
    assert certificate.texts >= 5
    with pytest.raises(state_transitions.NotATransition):
        case_closing.add_report(actor=None, case=case, report=team.valley.report("Once more."))

    ivy, auditor = signed_in(team.valley.cast.ivy), signed_in(team.valley.cast.aud)
    refused = ivy.get(case.path)
    assert refused.status_code == 403
    assert "This case was destroyed on" in words(refused)
    for client in (ivy, auditor):
        page = words(client.get(f"{case.path}privacy/certificate/"))
        assert "Certificate of destruction" in page
        assert "Marker-" not in page
    paper = text_of(ivy.get(f"{case.path}privacy/certificate/?as=paper"))
    assert case.number in paper
    assert "Marker-" not in paper
    for who in ("rosa", "lena", "ivy_elsewhere", "aud_elsewhere"):
        assert (
            signed_in(team.valley.cast.everyone[who]).get(f"{case.path}privacy/certificate/").status_code
            == 404
        )


def test_every_table_that_hangs_on_a_managed_case_is_emptied(team: Team) -> None:
    case = managed(team)
    break_glass.break_glass(actor=team.valley.cast.ivy, case=case, reason="Nobody answers.")
    team.valley.pass_time(days=1826)
    certificate = destruction.expunge(case=case)
    assert certificate is not None
    assert texts_left(case) == {}
    assert not open_about(case.thing).exists()
    assert certificate.rows["finding"] > 10
    assert case.judgements.get().conclusion == "needs_support"
    assert [entry.verb for entry in entries_about(case.thing)][-1] == "case.expunged"


def test_a_hold_and_a_familys_request_stop_it_until_they_end(team: Team) -> None:
    case = unfounded(team)
    row = inspections.ask_to_see(
        actor=team.tess, case=case, name="A", relation="parent", received_on=team.valley.at.date()
    )
    team.valley.pass_time(days=181)
    assert tasks.end_cases() == 0
    inspections.answer_asker(
        actor=team.tess, case=case, inspection=row, state="withdrawn", text="They called."
    )
    vault.hold_record(record=case.record, actor="person:1")
    assert tasks.end_cases() == 0
    vault.release_record(record=case.record, actor="person:1")
    team.valley.pass_time(days=7)
    assert tasks.end_cases() == 1


def test_an_unfounded_case_is_destroyed_a_week_after_two_agreed_and_by_nobody_alone(
    team: Team, signed_in: SignIn
) -> None:
    case, tess, ben = unfounded(team), signed_in(team.tess), signed_in(team.ben)
    assert "is destroyed on" in seen(tess, case, "privacy/end/")
    assert "Write why." in words(send(tess, case, "privacy/end/", "early", reason=""))
    send(tess, case, "privacy/end/", "early", reason="Marker-Early: the mother asks for it.")
    assert [duty.kind for duty in open_about(case.thing)] == ["case.early_end"]
    with pytest.raises(state_transitions.NotATransition):
        destruction.answer_early_end(actor=team.tess, case=case, row=EarlyEnd.objects.get(), agree=True)
    assert "I agree: destroy it in a week" not in seen(tess, case, "privacy/end/")
    assert "Marker-Early" in seen(ben, case, "privacy/end/")
    said = ben.post(f"{case.path}privacy/end/answer/", {"agree": "yes"}, follow=True)
    assert (said.status_code, "The case is destroyed in a week." in words(said)) == (200, True)
    assert Message.objects.filter(kind="case.end_near", person=team.tess).exists(), (
        "whoever led it may still keep it"
    )
    team.valley.pass_time(days=6)
    assert tasks.end_cases() == 0
    team.valley.pass_time(days=1)
    assert tasks.end_cases() == 1
    case.refresh_from_db()
    assert case.expunged_at is not None
    assert Certificate.objects.get().early
    assert texts_left(case) == {}
    overseer = signed_in(team.valley.cast.ivy)
    assert f"{case.path}privacy/certificate/" in words(overseer.get("/cases/?tab=closed")), (
        "whoever oversees finds the certificate in the list"
    )


@pytest.mark.parametrize(
    "grave", [{"life_safety": True}, {"grave_words": True}, {"close_reason": "duplicate_merged"}]
)
def test_f08_nobody_destroys_early_what_was_about_a_life_or_a_weapon_or_goes_on_elsewhere(
    team: Team, grave: dict[str, object]
) -> None:
    case = unfounded(team)
    Case.objects.filter(pk=case.pk).update(**grave)
    with pytest.raises(state_transitions.NotATransition):
        destruction.ask_early_end(actor=team.tess, case=case, reason="Nobody should read this.")


def test_nobody_asks_to_end_a_managed_case_early_and_no_officer_any(team: Team) -> None:
    from security_center.foundation.organizations.policies import NotAllowed

    with pytest.raises(state_transitions.NotATransition):
        destruction.ask_early_end(actor=team.tess, case=managed(team), reason="Because.")
    case = unfounded(team)
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["law_enforcement"])
    with pytest.raises(NotAllowed):
        destruction.ask_early_end(actor=team.sam, case=case, reason="Because.")


def test_what_an_older_backup_brings_back_is_destroyed_again(team: Team) -> None:
    case = team.open(subject_name="Marker-Name")  # as it was in the backup: open
    assert destruction.expunge_again(numbers=[case.number, "NOTHING1"]) == 1
    assert texts_left(case) == {}
    assert not open_about(case.thing).exists()


def test_the_day_stands_on_the_page_of_a_closed_case(team: Team, signed_in: SignIn) -> None:
    case = unfounded(team)
    assert case.keep_until == team.valley.at.date() + timedelta(days=180)
    assert "Will be destroyed on" in seen(signed_in(team.tess), case)


def test_cases_that_are_held_never_keep_the_others_from_ending(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "ENDED_AT_ONCE", 1)
    held, over = unfounded(team), unfounded(team)
    inspections.ask_to_see(
        actor=team.tess, case=held, name="Mrs. Doe", relation="parent", received_on=held.today()
    )
    team.valley.pass_time(days=174)
    assert tasks.end_cases() == 0
    team.valley.pass_time(days=7)
    assert tasks.end_cases() == 1
    assert Case.objects.get(pk=over.pk).expunged_at is not None
    assert Case.objects.get(pk=held.pk).expunged_at is None
