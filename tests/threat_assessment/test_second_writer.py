"""Two people write minutes, a note of a case, or the words of a plan at once: the second sees both texts, and
of neither is anything lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.team_meetings.test_meetings import called
from tests.threat_assessment.pages import seen, send, words
from tests.threat_assessment.team import Team

from security_center.team_meetings.actions import meetings
from security_center.team_meetings.models import Attendance, Meeting
from security_center.threat_assessment.actions import management_plan
from security_center.threat_assessment.actions.edit_conflicts import ChangedMeanwhile

SignIn = Callable[..., Client]
PLAN = {
    "goal": "He is safe.",
    "raises_concern": "A new threat.",
    "lowers_concern": "He talks.",
    "out_of_hours": "Tess",
}


def minutes_of(client: Client, meeting: Meeting, **fields: Any) -> str:
    given = {f"minutes-{name}": value for name, value in fields.items() if name != "both"}
    return words(
        client.post(
            f"{meeting.path}minutes/", {**given, **({"both": "yes"} if "both" in fields else {})}, follow=True
        )
    )


def test_minutes_of_two_writers_are_both_kept_with_everybody_who_was_marked_as_there(
    team: Team, signed_in: SignIn
) -> None:
    meeting, ben, tess = called(team), signed_in(team.ben), signed_in(team.tess)
    minutes_of(ben, meeting, present=[team.ben.pk], minutes="Ben-Line.", others_present="Mrs. Lee", version=0)
    page = minutes_of(
        tess, meeting, present=[team.tess.pk], minutes="Tess-Line.", others_present="Mr. Webb", version=0
    )
    assert "Ben Cole saved this meanwhile" in page
    for text in ("Ben-Line.", "Tess-Line.", "Mrs. Lee", "Mr. Webb", "Save both"):
        assert text in page, text
    assert Meeting.objects.get().version == 1
    minutes_of(
        tess,
        meeting,
        present=[team.tess.pk],
        minutes="Tess-Line.",
        others_present="Mr. Webb",
        version=1,
        both=True,
    )
    page = words(tess.get(f"{meeting.path}minutes/"))
    assert page.index("Ben-Line.") < page.index("Tess-Line.")
    assert page.index("Mrs. Lee") < page.index("Mr. Webb")
    assert set(Attendance.objects.values_list("person_id", flat=True)) == {team.ben.pk, team.tess.pk}


def test_whoever_marks_people_as_there_takes_nobody_away_whom_another_has_marked(
    team: Team, signed_in: SignIn
) -> None:
    meeting = called(team)
    minutes_of(signed_in(team.ben), meeting, present=[team.ben.pk], minutes="", version=0)
    assert "saved this meanwhile" in minutes_of(
        signed_in(team.tess), meeting, present=[team.tess.pk], minutes="", version=0
    )
    assert Attendance.objects.get().person == team.ben


def test_a_saving_whose_answer_was_lost_is_sent_again_without_a_question(
    team: Team, signed_in: SignIn
) -> None:
    meeting, tess = called(team), signed_in(team.tess)
    minutes_of(tess, meeting, present=[team.tess.pk], minutes="We met.", version=0)
    page = minutes_of(tess, meeting, present=[team.tess.pk], minutes="We met. All is well.", version=0)
    assert "saved this meanwhile" not in page
    assert "We met. All is well." in words(tess.get(f"{meeting.path}minutes/"))


def test_a_note_of_a_case_at_a_meeting_keeps_both_texts(team: Team, signed_in: SignIn) -> None:
    case, meeting, tess = team.open(), called(team), signed_in(team.tess)
    there = f"{meeting.path}cases/{case.number}/"
    meetings.write_about_case(actor=team.ben, meeting=meeting, case=case, note="Ben-Note.", version=0)
    page = words(tess.post(there, {"about-note": "Tess-Note.", "about-version": 0}))
    for text in ("Ben Cole saved this meanwhile", "Ben-Note.", "Tess-Note.", "Save both"):
        assert text in page, text
    tess.post(there, {"about-note": "Tess-Note.", "about-version": 1, "both": "yes"})
    page = words(tess.get(there))
    assert page.index("Ben-Note.") < page.index("Tess-Note.")


def test_the_words_of_a_cases_plan_keep_both_texts(team: Team, signed_in: SignIn) -> None:
    (case, _judgement), tess = team.judged(), signed_in(team.tess)
    management_plan.write_plan(actor=team.ben, case=case, **{**PLAN, "goal": "Ben-Goal."}, version=0)
    page = words(send(tess, case, "plan/words/", "plan", **{**PLAN, "goal": "Tess-Goal."}, version=0))
    for text in ("Ben Cole saved this meanwhile", "Ben-Goal.", "Tess-Goal.", "Save both"):
        assert text in page, text
    send(
        tess, case, "plan/words/", "plan", **{**PLAN, "goal": "Tess-Goal."}, version=1, plain={"both": "yes"}
    )
    page = seen(tess, case, "plan/words/")
    assert page.index("Ben-Goal.") < page.index("Tess-Goal.")
    assert page.count("A new threat.") == 1
    with pytest.raises(ChangedMeanwhile):
        management_plan.write_plan(actor=team.ben, case=case, **PLAN, version=1)
