"""Who looks at a case is one object of the request: where it is missing, a page tells no more than an officer
is told."""

from __future__ import annotations

import pytest
from tests.threat_assessment.team import Team

from security_center.foundation.organizations.looking import made_for
from security_center.threat_assessment import gates, policies
from security_center.threat_assessment.actions import case_opening, school_removals
from security_center.threat_assessment.models import Case
from security_center.threat_assessment.policies import looking_at
from security_center.threat_assessment.views.sentences import OF_THE_SCHOOL, gate_lines


@pytest.fixture
def case(team: Team) -> Case:
    """The student has a plan, and nobody of special education is on the team. Sam is its officer."""
    case = team.screened()
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["law_enforcement"])
    school_removals.set_special_education(actor=team.ben, case=case, has_plan=True)
    return case


def test_a_part_of_a_page_that_nobody_is_known_to_look_at_tells_no_more_than_an_officer_is_told(
    team: Team, case: Case
) -> None:
    unmet = [
        gates.Unmet(
            gates.GATES["special_education"],
            list(gates.GATES["special_education"].missing(case)),
            rules=case.rules,
        )
    ]
    with made_for(looking_at(team.sam, case)):
        officer = gate_lines(unmet)
    with made_for(looking_at(team.ben, case)):
        school = gate_lines(unmet)
    assert [line.sentence for line in officer] == [str(OF_THE_SCHOOL)]
    assert [line.sentence for line in school] != [str(OF_THE_SCHOOL)]
    assert gate_lines(unmet) == officer


def test_what_a_page_was_told_holds_for_that_person_and_that_very_object_alone(
    team: Team, case: Case
) -> None:
    with made_for(looking_at(team.ben, case)):
        case.members.filter(person=team.ben).delete()
        anew = Case.objects.get(pk=case.pk)
        assert policies.member_of(team.ben, case) is not None
        assert policies.member_of(team.ben, anew) is None
        assert policies.is_officer(team.sam, case)
    assert policies.member_of(team.ben, case) is None, "nothing of it stays on the case"
