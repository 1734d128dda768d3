"""Who reaches the addresses of this room, and one of everything for them: see tests/house/addresses.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.house.addresses import DESK, Kwargs, Row, Things, staff_names
from tests.reporting.test_intake import upload
from tests.students.people import Register
from tests.threat_assessment.team import SCREEN, Team

from security_center.threat_assessment.actions import (
    case_closing,
    case_holds,
    case_lead,
    files,
    inquiry,
    outside_reviews,
    protective_paths,
    reported_concerns,
    school_removals,
    screening,
    services,
    state_transitions,
)
from security_center.threat_assessment.models import Case

ASK = {"threat_assessment": ("tess", "ada", "ivy", "omar", "rosa", "aud", "dana")}
# Who is on the team of the cases made here. Whoever only oversees them is refused as everybody else is.
TEAM = {"tess", "ben", "dana"}
OVERSEERS = {"tess", "dana", "ivy"}
STAFF = {
    "threat_assessment:cases": Row("get", DESK, own=True),
    "threat_assessment:audit": Row("get", OVERSEERS, own=True),
    "threat_assessment:audited": Row("get", OVERSEERS, own=True),
    "threat_assessment:case_new": Row("get", DESK - {"sam"}, own=True),
    "threat_assessment:action": Row("get", TEAM),
    "threat_assessment:action_confirm": Row("post", TEAM),
    "threat_assessment:action_new": Row("get", TEAM),
    "threat_assessment:called": Row("get", TEAM),
    "threat_assessment:case": Row("get", TEAM),
    "threat_assessment:case_move": Row("get", TEAM),
    "threat_assessment:case_reports": Row("get", TEAM),
    "threat_assessment:case_reports_seen": Row("post", TEAM),
    "threat_assessment:case_screen": Row("get", TEAM),
    "threat_assessment:case_subject": Row("get", TEAM),
    "threat_assessment:case_subject_confirm": Row("post", TEAM),
    "threat_assessment:case_subject_describe": Row("post", TEAM),
    "threat_assessment:case_team": Row("get", TEAM),
    "threat_assessment:case_team_remove": Row("post", TEAM),
    "threat_assessment:class_agree": Row("post", TEAM),
    "threat_assessment:class_decide": Row("post", TEAM),
    "threat_assessment:class_hold": Row("post", TEAM),
    "threat_assessment:class_return": Row("get", TEAM),
    "threat_assessment:close": Row("get", TEAM),
    "threat_assessment:close_answer": Row("post", TEAM),
    "threat_assessment:imminent": Row("get", TEAM),
    "threat_assessment:imminent_declare": Row("post", TEAM),
    "threat_assessment:imminent_press": Row("post", TEAM),
    "threat_assessment:imminent_resume": Row("post", TEAM),
    "threat_assessment:file_add": Row("post", TEAM),
    "threat_assessment:file_clean": Row("get", TEAM),
    "threat_assessment:file_isolate": Row("get", TEAM),
    "threat_assessment:file_original": Row("get", TEAM),
    "threat_assessment:file_state": Row("get", TEAM),
    "threat_assessment:interview": Row("get", TEAM),
    "threat_assessment:interview_begin": Row("post", TEAM),
    "threat_assessment:interview_keep": Row("post", TEAM),
    "threat_assessment:judgement": Row("get", TEAM),
    "threat_assessment:judgement_sign": Row("post", TEAM),
    "threat_assessment:law_enforcement": Row("get", TEAM),
    "threat_assessment:law_enforcement_acknowledged": Row("post", TEAM),
    "threat_assessment:law_enforcement_decide": Row("get", TEAM),
    "threat_assessment:notices": Row("get", TEAM),
    "threat_assessment:plan": Row("get", TEAM),
    "threat_assessment:plan_approve": Row("post", TEAM),
    "threat_assessment:plan_write": Row("get", TEAM),
    "threat_assessment:close_summarily": Row("post", TEAM),
    "threat_assessment:decision_step": Row("post", TEAM),
    "threat_assessment:evaluation": Row("post", TEAM),
    "threat_assessment:outside_ask": Row("post", TEAM),
    # The one outside the team who has to look, and nobody else.
    "threat_assessment:outside_review": Row("get", {"ivy"}),
    "threat_assessment:path_step": Row("get", TEAM),
    "threat_assessment:placement": Row("get", TEAM),
    "threat_assessment:removal_end": Row("post", TEAM),
    "threat_assessment:removals": Row("get", TEAM),
    "threat_assessment:reviews": Row("get", TEAM),
    "threat_assessment:source": Row("get", TEAM),
    "threat_assessment:sources": Row("get", TEAM),
    "threat_assessment:theme": Row("get", TEAM),
    "threat_assessment:special_education": Row("post", TEAM),
    "threat_assessment:special_paths": Row("get", TEAM),
    "threat_assessment:themes": Row("get", TEAM),
    "threat_assessment:service": Row("get", DESK, of_district=True),
    "threat_assessment:service_new": Row("get", {"ben", "dana", "tess", "ivy"}, own=True),
    "threat_assessment:services": Row("get", DESK, own=True),
    "threat_assessment:agency_note": Row("post", TEAM),
    "threat_assessment:agency_answer": Row("post", TEAM),
    "threat_assessment:lead": Row("get", TEAM | {"ivy"}),
    "threat_assessment:lead_decline": Row("post", TEAM),
    "threat_assessment:lead_take": Row("post", TEAM),
    "threat_assessment:hold": Row("get", TEAM),
    "threat_assessment:hold_answer": Row("post", TEAM),
    "threat_assessment:hold_end": Row("post", TEAM),
    "threat_assessment:incoming": Row("get", DESK, own=True),
    "threat_assessment:incoming_new": Row("get", DESK, own=True),
    "threat_assessment:incoming_one": Row("get", OVERSEERS),
    "threat_assessment:incoming_heard": Row("post", {"dana", "ivy"}),
    "threat_assessment:incoming_no_case": Row("post", OVERSEERS),
    "threat_assessment:incoming_open": Row("post", OVERSEERS),
    "threat_assessment:incoming_place": Row("post", OVERSEERS),
    "threat_assessment:incoming_take": Row("post", OVERSEERS),
    "threat_assessment:case_warned": Row("get", OVERSEERS),
}
NOT_COUNTED = {"threat_assessment:file_clean"}
NOT_LOOKED_AT = NOT_COUNTED | {"threat_assessment:file_state"}  # the latter is asked by a script
# Which of the cases an address is about, by how its name begins; else the one whose plan is carried out.
CASE_OF = {
    "case": "screened",
    "hold": "screened",
    "lead": "screened",
    "imm": "imminent",
    "called": "imminent",
    "class": "imminent",
    "law": "imminent",
    "close": "ending",
}


@dataclass(frozen=True)
class Made:
    cases: dict[str, Case]


def made(things: Things) -> tuple[Made, dict[str, Kwargs]]:
    """Cases in several states."""
    valley, cast = things.valley, things.cast
    team, tess, ben = Team(valley), cast.tess, cast.ben
    screened = state_transitions.advance(actor=tess, case=team.open(), to="screening")
    ending = state_transitions.advance(actor=tess, case=team.open(), to="screening")
    for person in (tess, ben):
        screening.screen(actor=person, case=ending, **{**SCREEN, "view": "unfounded"})
    closure = case_closing.ask_to_close(
        actor=ben,
        case=ending,
        reason="unfounded",
        text="It was a line of a song.",
    )
    imminent, managed = team.imminent(), team.managed()
    source = managed.sources.filter(kind="student_of_concern").get()
    (photo,) = files.add_files(
        actor=tess,
        case=managed,
        source=source,
        uploads=[upload()],
        shows="A drawing.",
    )
    interview = inquiry.begin_interview(actor=tess, case=managed, source=source, place="Room 4")
    protective_paths.suspect_abuse(actor=tess, case=managed, suspected="other")
    grave = team.open(concern="He says he will kill someone.")
    outside_reviews.ask_outside(actor=tess, case=grave)
    away = school_removals.add_removal(
        actor=tess,
        case=managed,
        kind="expulsion",
        first_day=valley.at.date(),
        last_day=None,
    )
    for version, quotes in ((1, "“I was angry.”"), (2, "“I was angry, and I am sorry.”")):
        inquiry.save_interview(
            actor=tess,
            case=managed,
            interview=interview,
            version=version,
            quotes=quotes,
            notes="",
        )
    case_holds.hold(actor=tess, case=screened, reason="His mother is away.", days=1)
    case_holds.end_hold(actor=tess, case=screened)
    waits = case_holds.hold(actor=tess, case=screened, reason="She is away longer.", days=1)
    case_lead.offer_lead(actor=tess, case=screened, to=ben)
    service = services.enter_service(
        actor=ben,
        district=cast.district,
        kind="counseling",
        name="County counseling",
    )
    told = {"kind": "concern", "says": "He cried.", "teller": "Mr. Webb", "student": "Kim Roe"}
    said = reported_concerns.enter_incoming(actor=tess, school=valley.school, **told)
    cases = {
        "screened": screened,
        "ending": ending,
        "imminent": imminent,
        "managed": managed,
    }
    rows: dict[str, tuple[Case, Any]] = {
        **{
            f"law_enforcement_{verb}": (imminent, imminent.law_enforcement.get().uuid)
            for verb in ("decide", "acknowledged")
        },
        "case_subject_confirm": (screened, Register(valley).enter("Ann Roe", identifier="house").uuid),
        "close_answer": (ending, closure.uuid),
        "hold_answer": (screened, waits.uuid),
        **{f"file_{verb}": (managed, photo.uuid) for verb in ("clean", "isolate", "original", "state")},
        **dict.fromkeys(("source", "file_add", "interview_begin"), (managed, source.uuid)),
        **dict.fromkeys(("interview", "interview_keep"), (managed, interview.uuid)),
        "judgement_sign": (managed, managed.judgements.get().uuid),
        **{name: (managed, managed.plan.actions.get().pk) for name in ("action", "action_confirm")},
        "outside_review": (grave, grave.outside_reviews.get().uuid),
        "path_step": (managed, managed.path_steps.get().uuid),
        "placement": (managed, managed.placement_questions.get().uuid),
        "removal_end": (managed, away.uuid),
    }
    named: dict[str, Kwargs] = {
        "threat_assessment:": {
            "theme": "motive",
            "to": "assessing",
            "step": "evaluate",
            "measure": "papers",
            "standing": "met",
            "kind": "law_enforcement",
        },
        "threat_assessment:service": {"pk": service.uuid},
        **{
            f"threat_assessment:incoming_{verb}": {"pk": said.uuid}
            for verb in ("heard", "no_case", "one", "open", "place", "take")
        },
    }
    for name in (name for name, wanted in staff_names().items() if name in STAFF and "number" in wanted):
        part = name.removeprefix("threat_assessment:")
        case = cases[next((state for start, state in CASE_OF.items() if part.startswith(start)), "managed")]
        case, pk = rows.get(part, (case, 0))
        named[name] = {"number": case.number, "pk": pk, "file": pk}
    return Made(cases), named
