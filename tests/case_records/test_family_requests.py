"""A family asks to see the record, or to correct it: who may not, what is never shown, and what runs until it
is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.case_records.privacy import one, parts, tag, text_of
from tests.case_records.test_telling import heard, with_fears
from tests.threat_assessment.pages import seen, send, words
from tests.threat_assessment.team import Team

from security_center.case_records.actions import amendments, disclosures, inspections
from security_center.case_records.models import Amendment, Disclosure, Inspection, Release
from security_center.case_records.queries.requests import copy_of
from security_center.foundation.duties.queries import open_about
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.vault import actions as vault
from security_center.foundation.vault.queries import is_on_hold
from security_center.threat_assessment.actions import case_opening, inquiry, state_transitions
from security_center.threat_assessment.models import Case

SignIn = Callable[..., Client]


def asked(team: Team, case: Case) -> Inspection:
    return inspections.ask_to_see(
        actor=team.tess, case=case, name="Marker-Asker", relation="parent", received_on=team.valley.at.date()
    )


def checked(team: Team, case: Case, custody: str = "no_order") -> Inspection:
    return inspections.check_asker(
        actor=team.tess, case=case, inspection=asked(team, case), identity="photo_id", custody=custody
    )


def show(team: Team, case: Case, row: Inspection) -> Release:
    copy = copy_of(parts(team.tess, case))
    return inspections.show(
        actor=team.tess, case=case, inspection=row, parts=copy.shown, withheld=copy.counts
    )


# --- seeing
# ----------------------------------------------------------------------------------------------------------


def test_nobody_but_a_member_takes_a_request_and_no_officer(team: Team, signed_in: SignIn) -> None:
    case = team.open()
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["law_enforcement"])
    for person in (team.sam, team.valley.cast.ivy, team.valley.cast.rosa, team.valley.cast.tess_elsewhere):
        with pytest.raises(NotAllowed):
            inspections.ask_to_see(
                actor=person, case=case, name="A", relation="parent", received_on=team.valley.at.date()
            )
    assert signed_in(team.sam).get(f"{case.path}privacy/inspections/new/").status_code == 403
    with pytest.raises(inspections.NotThatDay):
        inspections.ask_to_see(
            actor=team.tess,
            case=case,
            name="A",
            relation="parent",
            received_on=team.valley.at.date() + timedelta(days=1),
        )


def test_a_request_is_due_in_45_days_and_holds_the_record_until_it_is_answered(team: Team) -> None:
    case = team.open()
    row = asked(team, case)
    assert (row.due_at.date() - row.received_on).days == 45
    assert [duty.due_at for duty in open_about(case.thing, "case.inspection")] == [row.due_at]
    with pytest.raises(vault.OnHold):
        vault.shred_record(record=case.record, actor="worker")
    with pytest.raises(state_transitions.NotATransition):  # nothing was shown yet
        inspections.answer_asker(actor=team.tess, case=case, inspection=row, state="shown", text="Shown.")
    inspections.answer_asker(
        actor=team.tess, case=case, inspection=row, state="withdrawn", text="They called."
    )
    assert not open_about(case.thing, "case.inspection").exists()
    assert not is_on_hold(case.record)


def test_nothing_is_shown_before_somebody_checked_who_asks_nor_against_a_court(team: Team) -> None:
    case = with_fears(team)
    row = asked(team, case)
    with pytest.raises(inspections.NotChecked):
        show(team, case, row)
    inspections.check_asker(
        actor=team.tess, case=case, inspection=row, identity="photo_id", custody="order_forbids"
    )
    with pytest.raises(inspections.CourtForbids):
        show(team, case, row)
    assert not Release.objects.exists()


def test_a_copy_holds_what_is_tagged_as_about_this_student_and_never_anything_else(
    team: Team, signed_in: SignIn
) -> None:
    case = with_fears(team)
    heard(team, case, "friend", "Marker-Friend: my name is Kim and I saw it.")
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["law_enforcement"])
    inquiry.add_source(
        actor=team.sam,
        case=case,
        kind="rec_le_contacts",
        note="Marker-Police: an old file.",
        law_enforcement_only=True,
    )
    tag(team.tess, case, "student", "Marker-Student")
    tag(team.tess, case, "student", "Marker-Concern", withheld="safety")
    # By mistake: the words of a reporter would show who they are
    tag(team.tess, case, "student", "Marker-Reporter")
    tag(team.tess, case, "student", "Marker-Friend", wording="Somebody saw it and was worried.")
    tag(team.tess, case, "target", "Marker-Words")
    disclosures.tell(
        actor=team.tess,
        case=case,
        receiver="target_family",
        ground="emergency",
        name="Marker-Others",
        relied_on="Marker-Why",
        groups=["photo"],
    )
    row, tess = checked(team, case), signed_in(team.tess)
    page = seen(tess, case, f"privacy/inspections/{row.uuid}/")
    assert "Not yet tagged" in page
    assert "Marker-Police" not in page
    paper = text_of(tess.post(f"{case.path}privacy/inspections/{row.uuid}/", {"act": "copy"}))
    for there in (
        "Marker-Student",
        "Marker-Asker",
        "Marker-Name",
        "Somebody saw it and was worried.",
        "What somebody said",
        "Tess Moran",
    ):
        assert there in paper
    assert "Family of the person it is aimed at" in paper
    for never in ("Concern", "Fear", "Reporter", "Friend", "Words", "Police", "Others", "Why"):
        assert f"Marker-{never}" not in paper
    assert "Name-reporter" not in paper
    assert "never its text" not in paper, "what a prompt tells the asker to do is no word for a family"
    release = Release.objects.get()
    assert not [
        part
        for part in parts(team.tess, case)
        if part.kind == "disclosure" and "Marker-Asker" in part.lines[0].text
    ], "nothing new to tag"
    assert set(release.withheld) >= {"untagged", "safety", "protected", "about_others"}
    assert Disclosure.objects.get(ground="parent").parts == release.parts


def test_the_request_goes_over_its_pages(team: Team, signed_in: SignIn) -> None:
    case, tess = team.open(), signed_in(team.tess)
    send(
        tess,
        case,
        "privacy/inspections/new/",
        "inspection",
        who="Marker-Asker",
        relation="parent",
        received_on=team.valley.at.date().isoformat(),
    )
    row = Inspection.objects.get()
    place = f"privacy/inspections/{row.uuid}/"
    refused = words(tess.post(f"{case.path}{place}", {"act": "copy"}, follow=True))
    assert "First write down how we know who they are" in refused
    send(tess, case, place, "check", identity="photo_id", custody="no_order", plain={"act": "check"})
    assert "No text of the record is about this student alone yet." in text_of(
        tess.post(f"{case.path}{place}", {"act": "copy"})
    )
    send(tess, case, place, "answer", state="shown", text="Shown in room 4.", plain={"act": "answer"})
    row.refresh_from_db()
    assert row.state == "shown"
    assert "Marker-Asker" in seen(tess, case, "privacy/")


# --- correcting
# ------------------------------------------------------------------------------------------------------


def wished(team: Team, case: Case, *words_: str) -> Amendment:
    part = one(team.tess, case, *words_) if words_ else None
    given = {
        "name": "Marker-Asker",
        "relation": "parent",
        "what": "Marker-What: he never said that.",
        "received_on": team.valley.at.date(),
    }
    return amendments.ask_to_amend(actor=team.tess, case=case, part=part, **given)  # type: ignore[arg-type]


def test_a_refused_correction_may_be_heard_and_its_statement_goes_wherever_the_text_goes(
    team: Team, signed_in: SignIn
) -> None:
    case = with_fears(team)
    tag(team.tess, case, "student", "Marker-Student")
    row = wished(team, case, "Marker-Student")
    assert is_on_hold(case.record)
    given = {"actor": team.tess, "case": case, "amendment": row}
    with pytest.raises(state_transitions.NotATransition):
        amendments.leave_statement(**given, text="Marker-Statement")
    amendments.answer_amendment(**given, agree=False, text="Two people heard it.")
    assert not is_on_hold(case.record)
    assert not open_about(case.thing, "case.amendment").exists()
    amendments.ask_hearing(**given)
    assert is_on_hold(case.record)
    assert open_about(case.thing, "case.amendment").exists()
    amendments.decide_hearing(**given, agree=False, text="Mr. Ito heard both sides.")
    amendments.leave_statement(**given, text="Marker-Statement: he was joking.")
    with pytest.raises(state_transitions.NotATransition):
        amendments.leave_statement(**given, text="Another.")
    tess = signed_in(team.tess)
    assert "Marker-Statement" in seen(tess, case, "privacy/texts/interviews/")
    inspection = checked(team, case)
    assert "Marker-Statement" in text_of(
        tess.post(f"{case.path}privacy/inspections/{inspection.uuid}/", {"act": "copy"})
    )
    fields = {"ground": "emergency", "way": "packet", "relied_on": "He is on his way.", "who": "Sgt. Hall"}
    part = one(team.tess, case, "Marker-Student")
    assert "Marker-Statement" in text_of(
        send(tess, case, "privacy/told/police/", "packet", **fields, plain={"part": [part.name]})
    )


def test_a_correction_is_asked_for_and_answered_on_its_pages(team: Team, signed_in: SignIn) -> None:
    case, tess = with_fears(team), signed_in(team.tess)
    part = one(team.tess, case, "Marker-Student")
    assert tess.get(f"{case.path}privacy/amendments/new/?part=interview.nothing.quotes").status_code == 404
    assert "Marker-Student" in words(tess.get(f"{case.path}privacy/amendments/new/?part={part.name}"))
    fields = {
        "who": "Marker-Asker",
        "relation": "parent",
        "what": "Marker-What",
        "received_on": team.valley.at.date().isoformat(),
    }
    send(tess, case, "privacy/amendments/new/", "amendment", **fields, part=part.name)
    row = Amendment.objects.get()
    place = f"privacy/amendments/{row.uuid}/"
    assert "Marker-What" in seen(tess, case, place)
    assert "Choose yes or no." in words(
        send(tess, case, place, "decide", text="Because.", plain={"act": "answer"})
    )
    send(tess, case, place, "decide", agree="no", text="Because.", plain={"act": "answer"})
    tess.post(f"{case.path}{place}", {"act": "hearing"})
    send(tess, case, place, "decide", agree="yes", text="It was another student.", plain={"act": "decide"})
    row.refresh_from_db()
    assert row.state == Amendment.State.AMENDED


def test_a_statement_about_the_whole_record_stands_on_every_copy(team: Team) -> None:
    from security_center.case_records.queries.statements import statements_of
    from security_center.threat_assessment.actions.case_access import look

    case = team.open()
    row = wished(team, case)
    amendments.answer_amendment(actor=team.tess, case=case, amendment=row, agree=False, text="No.")
    amendments.leave_statement(actor=team.tess, case=case, amendment=row, text="Marker-Whole")
    assert statements_of(case, look(actor=team.tess, case=case)) == {"": ["Marker-Whole"]}
