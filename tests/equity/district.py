"""A district with a register, protected fields, enrolment and cases of known students: what the tests of
figures count by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.threat_assessment.team import SCREEN, TEXTS, Team

from security_center.equity.actions import importing
from security_center.equity.models import Import
from security_center.foundation.organizations.models import Organization
from security_center.threat_assessment.actions import screening, state_transitions
from security_center.threat_assessment.models import Case, State

RACES = ("white", "black", "hispanic", "asian")


@dataclass(frozen=True)
class Pupil:
    """A student as the test invents one."""

    identifier: str
    race: str
    disability: str = "neither"
    learner: str = "not_learner"
    gender: str = "female"


def protected_csv(pupils: Iterable[Pupil]) -> str:
    lines = [f"{one.identifier},{one.race},{one.disability},{one.learner},{one.gender}" for one in pupils]
    return "\n".join(["student_id,race,disability,english_learner,gender", *lines])


def enrolment_csv(school: Organization, year: str, **by_race: int) -> str:
    """Every student of the school in each field; what is not about race is all one group."""
    total = sum(by_race.values())
    rows = [("race", race, count) for race, count in by_race.items()]
    rows += [
        ("gender", "female", total),
        ("disability", "neither", total),
        ("english_learner", "not_learner", total),
        ("grade", "g9_12", total),
    ]
    return "\n".join(
        [
            "school,school_year,field,group,students",
            *(f"{school.slug},{year},{axis},{group},{count}" for axis, group, count in rows),
        ]
    )


def used(team: Team, kind: str, text: str) -> Import:
    ada, district = team.valley.cast.ada, team.valley.cast.district
    return importing.use(actor=ada, source=importing.send(actor=ada, district=district, kind=kind, text=text))


def screened_out(team: Team, at: datetime, **fields: object) -> Case:
    """A case that two disciplines close as unfounded a day later."""
    from security_center.threat_assessment.actions import case_closing

    team.valley.set_clock(at)
    case = state_transitions.advance(actor=team.tess, case=team.open(**fields), to=State.SCREENING)
    for person in (team.tess, team.ben):
        screening.screen(actor=person, case=case, **{**SCREEN, "view": "unfounded"})
    team.valley.set_clock(at + timedelta(days=1))
    closure = case_closing.ask_to_close(
        actor=team.tess, case=case, reason="unfounded", text="It was a line of a song."
    )
    return case_closing.answer_closing(actor=team.ben, case=case, closure=closure, agree=True, text="Yes.")


__all__ = ["TEXTS", "Pupil", "enrolment_csv", "protected_csv", "screened_out", "used"]
