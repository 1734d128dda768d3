"""The lead of another school, the officer on the team, a family's copy and an auditor each see exactly what
threat-assessment.md 10 says.

Every address of a case is walked by each of them, whatever address a later version adds.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.case_records.privacy import tag, text_of
from tests.house.addresses import Things, staff_names, table
from tests.reporting.acts import Valley
from tests.threat_assessment.team import Team

from security_center.case_records.actions import inspections
from security_center.foundation import clock
from security_center.foundation.clock import now
from security_center.foundation.organizations import actions as people
from security_center.foundation.organizations.models import Person, Role
from security_center.threat_assessment import policies
from security_center.threat_assessment.actions import case_opening, inquiry, school_removals
from security_center.threat_assessment.models import Incoming

SignIn = Callable[..., Client]

ROOMS_OF_CASES = {"threat_assessment", "case_records", "student_transfers", "team_meetings"}


class Walk:
    """One case that is full of marked texts, and every address of it."""

    def __init__(self, valley: Valley, sign_in: SignIn) -> None:
        self.things, self.valley, self.sign_in = Things(valley), valley, sign_in
        valley.set_clock(valley.at)
        self.team, self.case = Team(valley), self.things.of("threat_assessment").cases["managed"]
        self.cast = valley.cast
        case_opening.join(
            actor=self.team.tess, case=self.case, person=self.team.sam, disciplines=["law_enforcement"]
        )
        self._mark()

    def _mark(self) -> None:
        ben, case = self.team.ben, self.case
        record = inquiry.add_source(
            actor=ben,
            case=case,
            kind="rec_iep504",
            name="Marker-File",
            note="Marker-Record: what the plan says.",
        )
        inquiry.settle_source(
            actor=ben, case=case, source=record, state="answered", note="Marker-Record: what the plan says."
        )
        inquiry.add_source(
            actor=self.team.sam,
            case=case,
            kind="rec_le_contacts",
            note="Marker-Police: an old file.",
            law_enforcement_only=True,
        )
        self.hear("reporter", "Marker-Reporter: I told you first.")
        self.hear("student_of_concern", "Marker-Student: I was angry.")
        self.hear("teacher_current", "Marker-Teacher: I am afraid.")
        self.hear("classmate", "Marker-Kim: she saw it.")
        today = case.today()
        school_removals.add_removal(
            actor=ben,
            case=case,
            kind="in_school",
            reason="Marker-Discipline",
            first_day=today,
            last_day=today,
        )

    def hear(self, kind: str, said: str) -> None:
        source = inquiry.add_source(
            actor=self.team.ben, case=self.case, kind=kind, name=f"Marker-Name-{kind}"
        )
        talk = inquiry.begin_interview(actor=self.team.ben, case=self.case, source=source)
        inquiry.save_interview(
            actor=self.team.ben, case=self.case, interview=talk, version=1, quotes=said, notes="", ended=True
        )

    def addresses(self) -> Iterator[tuple[str, str]]:
        """(name, path) of every page about a case, with each source and interview of the marked one."""
        for name, wanted in staff_names().items():
            if (
                name.split(":")[0] in ROOMS_OF_CASES
                and "number" in wanted
                and table("STAFF")[name].method == "get"
            ):
                yield (
                    name,
                    reverse(name, urlconf=settings.STAFF_URLCONF, kwargs=self.things.arguments(name, wanted)),
                )
        for source in self.case.sources.all():
            yield "threat_assessment:source", f"{self.case.path}sources/{source.uuid}/"
        for talk in self.case.interviews.all():
            yield "threat_assessment:interview", f"{self.case.path}interviews/{talk.uuid}/"
        for section in ("sources", "interviews", "findings", "more"):
            yield "case_records:texts_of", f"{self.case.path}privacy/texts/{section}/"

    def seen_by(self, person: Person) -> dict[str, tuple[int, str]]:
        """path → status and words of every page, a paper's included."""
        client, found = self.sign_in(person), {}
        self.valley.stack.close()
        for _name, path in list(self.all_addresses):
            with clock.clock_at(self.valley.at):
                answer: Any = client.get(path)
            pdf = answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
            found[path] = (
                answer.status_code,
                text_of(answer) if pdf else html.unescape(answer.content.decode()),
            )
        return found

    def ready(self) -> Walk:
        self.all_addresses = list(self.addresses())
        return self


@pytest.fixture
def walk(valley: Valley, signed_in: SignIn) -> Walk:
    return Walk(valley, signed_in).ready()


@pytest.mark.long
def test_the_lead_of_another_school_and_a_stranger_see_nothing_at_any_address(walk: Walk) -> None:
    cast = walk.cast
    lead = people.add_person(
        actor=cast.ada, organization=cast.school_b, name="Lou Bird", email="lou.bird@maple.example.org"
    )
    people.assign_role(actor=cast.ada, person=lead, organization=cast.school_b, role=Role.TEAM_LEAD)
    for person in (lead, cast.tess_elsewhere):
        pages = walk.seen_by(person)
        assert {status for status, _words in pages.values()} <= {403, 404}
        assert not [path for path, (_status, words) in pages.items() if "Marker-" in words]


@pytest.mark.long
def test_an_auditor_sees_who_looked_and_certificates_and_no_word_of_any_case(walk: Walk) -> None:
    pages = walk.seen_by(walk.cast.aud)
    opened = {path for path, (status, _words) in pages.items() if status == 200}
    assert {path.rstrip("/").rsplit("/", 1)[-1] for path in opened} == {"looks", "certificate"}
    assert not [path for path, (_status, words) in pages.items() if "Marker-" in words]


@pytest.mark.long
def test_an_officer_on_the_team_sees_the_facts_and_not_the_students_file(walk: Walk) -> None:
    pages = walk.seen_by(walk.team.sam)
    text = "\n".join(words for _status, words in pages.values())
    for fact in ("Marker-Concern", "Marker-Police", "Marker-Teacher", "Marker-Student", "Marker-Reporter"):
        assert fact in text, fact
    for path, (_status, words) in pages.items():
        for hidden in ("Marker-Record", "Marker-File", "Marker-Discipline"):
            assert hidden not in words, (hidden, path)
    closed = {
        path.split("privacy/")[-1].split("/")[0]
        for path, (status, _words) in pages.items()
        if status == 403 and "privacy/" in path
    }
    assert {"texts", "inspections", "amendments"} <= closed


@pytest.mark.long
def test_the_rest_of_the_team_sees_everything_but_what_law_enforcement_keeps(walk: Walk) -> None:
    text = "\n".join(words for _status, words in walk.seen_by(walk.team.ben).values())
    for there in ("Marker-Record", "Marker-Discipline", "Marker-Teacher", "Marker-Reporter"):
        assert there in text, there
    assert "Marker-Police" not in text


@pytest.mark.long
def test_a_familys_copy_holds_the_one_text_that_is_tagged_as_their_childs(walk: Walk) -> None:
    tess, case = walk.team.tess, walk.case
    tag(tess, case, "student", "Marker-Student")
    tag(tess, case, "staff", "Marker-Teacher")
    tag(tess, case, "student", "Marker-Reporter")
    tag(tess, case, "other_student", "Marker-Kim")
    row = inspections.ask_to_see(
        actor=tess, case=case, name="Mrs. Doe", relation="parent", received_on=case.today()
    )
    inspections.check_asker(actor=tess, case=case, inspection=row, identity="photo_id", custody="no_order")
    client = walk.sign_in(tess)
    walk.valley.stack.close()
    with clock.clock_at(walk.valley.at):
        paper = text_of(client.post(f"{case.path}privacy/inspections/{row.uuid}/", {"act": "copy"}))
    assert "Marker-Student" in paper
    assert paper.replace("Marker-Student", "").count("Marker-") == 0


def test_whoever_does_a_step_from_outside_of_the_team_gets_the_instructions_and_not_the_file(
    team: Team, signed_in: SignIn
) -> None:
    from tests.threat_assessment.pages import words

    from security_center.threat_assessment import content_loader as doctrine
    from security_center.threat_assessment.actions import management_plan

    case = team.managed()
    daily = next(
        key
        for key, one in doctrine.plan_options().items()
        if one.daily_confirmation and not one.needs_trained_owner
    )
    rosa = team.valley.cast.rosa
    step = management_plan.add_action(
        actor=team.tess,
        case=case,
        option=daily,
        what="Marker-Do: greet him at door 3.",
        owner=rosa,
        backup=team.ben,
        due_on=team.valley.at.date(),
    )
    client = signed_in(rosa)
    place = f"{case.path}plan/actions/{step.pk}/"
    sheet = words(client.get(place))
    assert "Marker-Do" in sheet
    assert "Tess Moran" in sheet
    assert "Marker-Concern" not in sheet
    assert "Talk each week." not in sheet
    for other in (
        "",
        "plan/",
        "sources/",
        f"plan/actions/{case.plan.actions.first().pk}/",
        "privacy/summary/",
    ):  # type: ignore[union-attr]
        assert client.get(f"{case.path}{other}").status_code == 404, other
    client.post(place, {"act": "confirm"})
    assert step.confirmations.get().by == rosa
    client.post(place, {"act": "settle", "settle-state": "done", "settle-evidence": "Every day."})
    step.refresh_from_db()
    assert step.state == "done"
    assert signed_in(team.valley.cast.lena).get(place).status_code == 404


def test_a_glass_is_broken_by_who_answers_for_the_place_is_not_on_the_team_and_while_there_is_a_record(
    team: Team,
) -> None:
    case, cast = team.open(), team.valley.cast
    assert policies.may_break_glass(cast.ivy, case)
    assert not policies.may_break_glass(cast.rosa, case), "a reader answers for no school"
    assert not policies.may_break_glass(team.dana, case), "the principal is on the team and needs none"
    assert not policies.may_break_glass(team.tess, case)
    case.expunged_at = now()
    assert not policies.may_break_glass(cast.ivy, case), "nothing is left to read"


def test_a_concern_that_nobody_has_put_into_a_case_is_known_to_no_member_of_another(team: Team) -> None:
    case, sam = team.open(), team.sam
    case_opening.join(actor=team.tess, case=case, person=sam, disciplines=["law_enforcement"])
    row = Incoming(school=case.school, entered_by=team.valley.cast.rosa)
    assert not policies.may_know_incoming(sam, row)
    row.case = case
    assert policies.may_know_incoming(sam, row)
    assert not policies.may_know_incoming(team.valley.cast.lena, row)
