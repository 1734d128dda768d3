"""Whom a text is about, and what anybody outside is told: who may not, what is refused, and what each party
has and has not been given."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.case_records.privacy import one, parts, tag, text_of
from tests.threat_assessment.pages import seen, send, words
from tests.threat_assessment.team import Team

from security_center.case_records.actions import disclosures, text_tags
from security_center.case_records.models import Disclosure, Segment
from security_center.case_records.queries.disclosures import parties
from security_center.foundation.ledger.queries import entries_about
from security_center.foundation.organizations.policies import NotAllowed
from security_center.threat_assessment import policies
from security_center.threat_assessment.actions import case_opening, inquiry, protective_paths
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.queries.inquiry import visible_interviews

SignIn = Callable[..., Client]
THREAT = "Marker-Threat: he said he will shoot on Friday and has his father's key."


def heard(team: Team, case: Case, kind: str, words_: str, **more: bool) -> None:
    source = inquiry.add_source(actor=team.ben, case=case, kind=kind, name=f"Name-{kind}")
    talk = inquiry.begin_interview(actor=team.ben, case=case, source=source, **more)
    inquiry.save_interview(
        actor=team.ben, case=case, interview=talk, version=1, quotes=words_, notes="", ended=True
    )


def with_fears(team: Team) -> Case:
    case = team.screened(subject_name="Marker-Name")
    heard(team, case, "teacher_current", "Marker-Fear: I am afraid of what he will do.")
    heard(team, case, "reporter", "Marker-Reporter: I told you first.")
    heard(team, case, "student_of_concern", "Marker-Student: I was angry.")
    inquiry.find(
        actor=team.ben,
        case=case,
        prompt="communications.exact_words",
        answer="yes",
        note="Marker-Words: I will shoot.",
        version=0,
    )
    return case


def tell(team: Team, case: Case, *marks: str, **more: object) -> Disclosure:
    given = {
        "receiver": "police",
        "ground": "emergency",
        "name": "Sgt. Hall, Maple police",
        "relied_on": THREAT,
        **more,
    }
    return disclosures.tell(
        actor=team.tess, case=case, parts=[one(team.tess, case, mark) for mark in marks], **given
    )  # type: ignore[arg-type]


# --- tags
# ------------------------------------------------------------------------------------------------------------


def test_nobody_but_a_member_tags_and_no_officer(team: Team) -> None:
    case = team.open()
    part = one(team.tess, case, "Marker-Concern")
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["law_enforcement"])
    for person in (team.sam, team.valley.cast.ivy, team.valley.cast.tess_elsewhere, team.valley.cast.rosa):
        with pytest.raises(NotAllowed):
            text_tags.tag(actor=person, case=case, tags=[text_tags.Tag(part, "student")])
    assert not Segment.objects.exists()


def test_a_suggestion_from_the_source_is_no_tag(team: Team) -> None:
    case = with_fears(team)
    assert [
        (part.suggested, part.about, part.shared)
        for part in parts(team.tess, case)
        if part.kind == "interview"
    ] == [
        ("staff", "", False),
        ("reporter", "", False),
        ("student", "", False),
    ]
    assert tag(team.tess, case, "student", "Marker-Student").shared
    assert not tag(team.tess, case, "student", "Marker-Words", withheld="names_another").shared
    assert not tag(team.tess, case, "reporter", "Marker-Reporter").shared
    with pytest.raises(text_tags.UnknownTag):
        tag(team.tess, case, "somebody", "Marker-Student")


def test_a_text_that_is_changed_after_it_was_tagged_is_not_tagged_any_more(team: Team) -> None:
    case = team.screened()
    source = inquiry.add_source(
        actor=team.ben, case=case, kind="student_of_concern", note="Marker-Before: what we ask."
    )
    assert tag(team.tess, case, "student", "Marker-Before").shared
    inquiry.settle_source(
        actor=team.ben, case=case, source=source, state="answered", note="Marker-After: Kim told him."
    )
    assert one(team.tess, case, "Marker-After").about == ""


def test_texts_are_tagged_on_their_page_and_what_was_changed_meanwhile_is_not(
    team: Team, signed_in: SignIn
) -> None:
    case, tess = with_fears(team), signed_in(team.tess)
    assert "have no tag yet" in seen(tess, case, "privacy/texts/")
    page = seen(tess, case, "privacy/texts/interviews/")
    assert "Marker-Fear" in page
    part, other = one(team.tess, case, "Marker-Student"), one(team.tess, case, "Marker-Fear")
    data = {
        "part": [part.name, other.name],
        "tag-0-about": "student",
        "tag-0-of": part.of,
        "tag-1-about": "staff",
        "tag-1-of": "of another text",
    }
    answer = tess.post(f"{case.path}privacy/texts/interviews/", data, follow=True)
    assert "1 text is tagged." in words(answer)
    assert "changed meanwhile are not tagged" in words(answer)
    assert one(team.tess, case, "Marker-Student").about == "student"
    assert one(team.tess, case, "Marker-Fear").about == ""


# --- telling
# ---------------------------------------------------------------------------------------------------------


def test_nobody_but_a_member_tells_and_an_officer_only_in_an_emergency(team: Team) -> None:
    case = with_fears(team)
    part = one(team.tess, case, "Marker-Fear")
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["law_enforcement"])
    given = {
        "case": case,
        "receiver": "police",
        "name": "His own agency",
        "parts": [part],
        "relied_on": THREAT,
    }
    for person in (team.valley.cast.ivy, team.valley.cast.rosa, team.valley.cast.ben_elsewhere):
        with pytest.raises(NotAllowed):
            disclosures.tell(actor=person, ground="emergency", **given)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        disclosures.tell(actor=team.sam, ground="school_official", **given)  # type: ignore[arg-type]
    disclosures.tell(actor=team.sam, ground="emergency", **given)  # type: ignore[arg-type]


def test_an_emergency_names_who_is_told_and_the_threat_relied_on(team: Team) -> None:
    case = with_fears(team)
    with pytest.raises(disclosures.ThreatWanted):
        tell(team, case, "Marker-Fear", relied_on=" ")
    with pytest.raises(disclosures.NobodyNamed):
        tell(team, case, "Marker-Fear", name="")
    with pytest.raises(disclosures.NothingChosen):
        tell(team, case)
    assert not Disclosure.objects.exists()


def test_law_enforcements_own_notes_go_to_nobody_and_to_a_parent_goes_only_what_is_tagged(team: Team) -> None:
    case = with_fears(team)
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["law_enforcement"])
    source = inquiry.add_source(
        actor=team.sam,
        case=case,
        kind="rec_le_contacts",
        note="Marker-Police: an old file.",
        law_enforcement_only=True,
    )
    assert source.law_enforcement_only
    assert not [part for part in parts(team.tess, case) if "Marker-Police" in part.lines[0].text]
    own = one(team.sam, case, "Marker-Police")
    with pytest.raises(disclosures.NotTheirs):
        disclosures.tell(
            actor=team.sam,
            case=case,
            receiver="police",
            ground="emergency",
            name="x",
            relied_on=THREAT,
            parts=[own],
        )
    with pytest.raises(disclosures.NotTheirs):
        tell(team, case, "Marker-Student", receiver="parent", ground="parent")
    tag(team.tess, case, "student", "Marker-Student")
    assert tell(team, case, "Marker-Student", receiver="parent", ground="parent").parts


def test_f06_what_teachers_fear_stands_as_not_given_until_police_and_clinician_have_it(
    team: Team, signed_in: SignIn
) -> None:
    case = with_fears(team)
    owed = {view.key: {line.key for line in view.owed} for view in parties(case, parts(team.tess, case))}
    assert "fears" in owed["police"]
    assert "fears" in owed["clinician"]
    tess = signed_in(team.tess)
    assert (
        words(tess.get(f"{case.path}privacy/told/")).count("What teachers and other staff fear, in writing")
        >= 2
    )
    form = words(tess.get(f"{case.path}privacy/told/police/"))
    part = one(team.tess, case, "Marker-Fear")
    assert f'value="{part.name}" checked' in form
    reporter = one(team.tess, case, "Marker-Reporter")
    assert f'value="{reporter.name}" checked' not in form

    refused = words(
        send(
            tess,
            case,
            "privacy/told/police/",
            "packet",
            ground="emergency",
            way="packet",
            relied_on="",
            who="Sgt. Hall",
            plain={"part": [part.name]},
        )
    )
    assert "the law asks for the threat" in refused
    assert not Disclosure.objects.exists()
    fields = {"ground": "emergency", "way": "packet", "relied_on": THREAT, "who": "Sgt. Hall"}
    words_ = one(team.tess, case, "Marker-Words")
    paper = text_of(
        send(tess, case, "privacy/told/police/", "packet", **fields, plain={"part": [part.name, words_.name]})
    )
    for there in ("Marker-Fear", "Marker-Words", "Marker-Threat", "Marker-Name", "Sgt. Hall", "Tess Moran"):
        assert there in paper
    for hidden in ("Marker-Reporter", "Marker-Student", "Marker-Concern"):
        assert hidden not in paper

    owed = {view.key: {line.key for line in view.owed} for view in parties(case, parts(team.tess, case))}
    assert "fears" not in owed["police"]
    assert "fears" in owed["clinician"]
    entry = next(entry for entry in entries_about(case.thing) if entry.verb == "case.told")
    assert entry.detail == {
        "disclosure": Disclosure.objects.get().pk,
        "receiver": "police",
        "ground": "emergency",
        "way": "packet",
        "texts": 2,
        "logged": True,
    }
    log = words(tess.get(f"{case.path}privacy/told/"))
    assert "Marker-Threat" in log
    assert "Sgt. Hall" in log


def test_what_was_said_by_phone_is_logged_without_a_paper(team: Team, signed_in: SignIn) -> None:
    case = with_fears(team)
    part = one(team.tess, case, "Marker-Fear")
    fields = {"ground": "emergency", "way": "spoken", "relied_on": THREAT, "who": "Dr. Ames"}
    answer = send(
        signed_in(team.tess),
        case,
        "privacy/told/clinician/",
        "packet",
        **fields,
        plain={"part": [part.name], "group": ["photo"]},
    )
    assert "It is in the log" in words(answer)
    assert Disclosure.objects.get().groups == ["fears", "photo"]


# --- what a ground does not open
# -------------------------------------------------------------------------------------


@pytest.mark.parametrize("ground", ["parent", "consent", "emergency", "school_official", "transfer"])
def test_to_a_parent_goes_only_what_is_tagged_as_their_childs_whatever_the_ground(
    team: Team, ground: str
) -> None:
    case = with_fears(team)
    with pytest.raises(disclosures.NotTheirs):
        tell(team, case, "Marker-Reporter", receiver="parent", ground=ground)
    tag(team.tess, case, "student", "Marker-Student")
    assert tell(team, case, "Marker-Student", receiver="parent", ground=ground).parts


def test_nothing_of_a_case_is_directory_information(team: Team) -> None:
    with pytest.raises(disclosures.NotTheirs):
        tell(team, with_fears(team), "Marker-Words", receiver="clinician", ground="directory")


def test_nothing_goes_to_a_parent_while_one_is_suspected(team: Team) -> None:
    case = with_fears(team)
    tag(team.tess, case, "student", "Marker-Student")
    protective_paths.suspect_abuse(actor=team.ben, case=case, suspected="parent")
    with pytest.raises(disclosures.ParentSuspected):
        tell(team, case, "Marker-Student", receiver="parent", ground="consent")
    assert tell(team, case, "Marker-Student", receiver="child_protection").parts


def test_an_officer_is_one_whatever_they_were_asked_as_and_nobody_becomes_one_by_a_box(team: Team) -> None:
    case = team.open()
    heard(team, case, "teacher_current", "Marker-Crime: he showed me a knife.")
    case.interviews.update(law_enforcement_purpose=True, interviewer=team.tess)
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["administration"])
    assert policies.is_officer(team.sam, case)
    assert visible_interviews(team.sam, case).exists()
    case_opening.leave_team(actor=team.tess, case=case, person=team.ben)
    case_opening.join(actor=team.tess, case=case, person=team.ben, disciplines=["law_enforcement"])
    assert not visible_interviews(team.ben, case).exists()


def test_an_officer_hears_that_a_part_is_not_theirs_and_not_that_they_are_off_the_team(
    team: Team, signed_in: SignIn
) -> None:
    case = team.open()
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["law_enforcement"])
    answer = signed_in(team.sam).get(f"{case.path}privacy/texts/")
    assert answer.status_code == 403
    assert "This part is not for law enforcement" in words(answer)
