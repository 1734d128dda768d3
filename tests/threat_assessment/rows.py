"""Many cases, and much of everything in each of the cases that pages show: see tests/house/rows.py."""

from __future__ import annotations

from datetime import timedelta

from tests.house.addresses import Things
from tests.house.rows import Added
from tests.reporting.test_intake import upload
from tests.threat_assessment.team import Team

from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.actions import (
    case_closing,
    case_holds,
    case_lead,
    case_opening,
    files,
    imminent_response,
    inquiry,
    management_plan,
    reported_concerns,
    school_removals,
    services,
)


def add_rows(things: Things, added: list[Added]) -> None:
    for one in added:
        _enter(things, one)
        _to_every_case(things, one)
        _to_the_managed_case(things, one)


def _enter(things: Things, one: Added) -> None:
    valley, tess, number = things.valley, things.cast.tess, one.number
    Team(valley).open(concern=f"Concern {number}.", subject_name="Kim Roe")
    services.enter_service(
        actor=things.cast.ben,
        district=things.cast.district,
        kind="counseling",
        name=f"Counseling {number}",
    )
    told = {
        "says": f"He cried, {number}.",
        "teller": "Mr. Webb",
        "agency": "Maple Police",
        "student": "Kim Roe",
    }
    screened = things.of("threat_assessment").cases["screened"]
    for kind in ("concern", "law_enforcement"):
        row = reported_concerns.enter_incoming(actor=tess, school=valley.school, kind=kind, **told)
        if kind == "concern":
            reported_concerns.put_into_case(
                actor=tess, incoming=row, case=screened, compared=["grade", "photo"]
            )


def _to_every_case(things: Things, one: Added) -> None:
    valley, tess, number = things.valley, things.cast.tess, one.number
    cases = things.of("threat_assessment").cases
    for case in cases.values():
        case_opening.join(actor=tess, case=case, person=one.reader, disciplines=["coaching"])
        report = valley.report(f"About him, {number}, {case.number}.")
        case_closing.add_report(actor=tess, case=case, report=report)
        met = imminent_response.meet_threshold(actor=tess, case=case, threshold="le_consult")
        why = f"Talked, {number}."
        imminent_response.decide_threshold(
            actor=tess, case=case, decision=met, outcome="not_notified", reason=why
        )
    case_holds.hold(actor=tess, case=cases["screened"], reason=f"His aunt, {number}.", days=1)
    case_lead.offer_lead(actor=tess, case=cases["screened"], to=one.reader)
    imminent_response.record_step(actor=things.cast.ben, case=cases["imminent"], kind="called_911")


def _to_the_managed_case(things: Things, one: Added) -> None:
    valley, number, reader = things.valley, one.number, one.reader
    case, today = things.of("threat_assessment").cases["managed"], valley.at.date()
    Team(valley).hear(case, "teacher_current")
    coach = inquiry.add_source(actor=reader, case=case, kind="coach", name=f"Coach {number}")
    files.add_files(actor=reader, case=case, source=coach, uploads=[upload()], shows=f"Drawing {number}.")
    management_plan.add_action(
        actor=things.cast.tess,
        case=case,
        option=next(iter(doctrine.plan_options())),
        what=f"Talk {number}.",
        owner=things.cast.ben,
        backup=reader,
        due_on=today + timedelta(days=7),
    )
    why = f"Calm, {number}."
    school_removals.add_removal(
        actor=reader,
        case=case,
        kind="sent_home",
        first_day=today,
        last_day=today,
        reason=why,
    )
    management_plan.review(actor=reader, case=case, text=f"Better, {number}.", next_in_days=14)
