"""What was given is what the log says: nothing is given by what somebody read before it was changed, and
nothing to a parent who is suspected."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.case_records.privacy import one, parts, tag
from tests.case_records.test_family_requests import checked, show
from tests.case_records.test_telling import with_fears
from tests.threat_assessment.pages import words
from tests.threat_assessment.team import Team

from security_center.case_records import content_loader as content
from security_center.case_records.actions import disclosures, inspections
from security_center.case_records.models import Disclosure, Release
from security_center.case_records.queries.requests import copy_of
from security_center.foundation.ledger.queries import entries_about
from security_center.threat_assessment.actions import inquiry, protective_paths
from security_center.threat_assessment.models import Case

SignIn = Callable[..., Client]


def shared(team: Team) -> Case:
    """A case with one text that a family may see."""
    case = team.open()
    tag(team.tess, case, "student", "Marker-Concern")
    return case


def test_nothing_is_shown_by_a_tag_that_was_taken_back_while_the_paper_was_drawn(team: Team) -> None:
    case = shared(team)
    row = checked(team, case)
    read = copy_of(parts(team.tess, case))
    tag(team.ben, case, "student", "Marker-Concern", withheld=next(iter(_reasons())))
    with pytest.raises(disclosures.ReadAnew):
        inspections.show(actor=team.tess, case=case, inspection=row, parts=read.shown, withheld=read.counts)
    assert not Release.objects.exists()
    assert not Disclosure.objects.exists()
    assert "case.shown" not in [entry.verb for entry in entries_about(case.thing)]


def _reasons() -> dict[str, object]:

    return dict(content.withheld_reasons())


def test_a_copy_is_all_that_may_be_shown_and_its_count_of_the_rest_is_true(team: Team) -> None:
    case = shared(team)
    row = checked(team, case)
    read = copy_of(parts(team.tess, case))
    inquiry.add_source(
        actor=team.ben, case=case, kind="teacher_current", name="Marker-Late", note="Marker-Late: he is calm."
    )
    with pytest.raises(disclosures.ReadAnew):
        inspections.show(actor=team.tess, case=case, inspection=row, parts=read.shown, withheld=read.counts)
    now_there = copy_of(parts(team.tess, case))
    with pytest.raises(disclosures.ReadAnew):
        inspections.show(actor=team.tess, case=case, inspection=row, parts=[], withheld=now_there.counts)
    assert show(team, case, row).parts == [part.name for part in read.shown]


def test_nobody_outside_is_told_a_text_that_was_changed_since_it_was_read(team: Team) -> None:
    case = with_fears(team)
    read = one(team.tess, case, "Marker-Concern")
    tag(team.ben, case, "student", "Marker-Concern")
    with pytest.raises(disclosures.ReadAnew):
        disclosures.tell(
            actor=team.tess,
            case=case,
            receiver="police",
            ground="emergency",
            name="Officer Lee",
            relied_on="He named a day.",
            parts=[read],
        )
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize(
    ("relation", "kept"), [("parent", True), ("guardian", True), ("adult_student", False)]
)
def test_no_copy_is_given_to_a_parent_while_one_is_suspected_and_the_page_says_who_decides(
    team: Team, signed_in: SignIn, relation: str, kept: bool
) -> None:
    case = shared(team)
    row = inspections.ask_to_see(
        actor=team.tess, case=case, name="Marker-Asker", relation=relation, received_on=case.today()
    )
    row = inspections.check_asker(
        actor=team.tess, case=case, inspection=row, identity="photo_id", custody="no_order"
    )
    protective_paths.suspect_abuse(actor=team.ben, case=case, suspected="parent")
    if not kept:
        show(team, case, row)
        return
    with pytest.raises(disclosures.ParentSuspected):
        show(team, case, row)
    client = signed_in(team.tess)
    team.valley.stack.close()
    place = f"{case.path}privacy/inspections/{row.uuid}/"
    page = words(client.get(place))
    assert "The child protection agency decides" in page
    assert 'value="copy"' not in page
    answer = client.post(place, {"act": "copy"}, follow=True)
    assert "The child protection agency decides" in words(answer)  # type: ignore[arg-type]
    assert not Release.objects.exists()
