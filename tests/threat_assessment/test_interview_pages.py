"""An interview in the browser: it is kept every few seconds, and of two who type nobody's words are lost."""

from __future__ import annotations

import re

from tests.threat_assessment.pages import SignIn, begun, seen, send, words
from tests.threat_assessment.team import Team

from security_center.threat_assessment.actions import inquiry
from security_center.threat_assessment.models import Interview, Source


def typed(interview: Interview, quotes: str, notes: str = "", version: int = 1) -> dict[str, object]:
    return {"quotes": quotes, "notes": notes, "version": version}


def test_an_interview_is_begun_typed_and_ended(team: Team, signed_in: SignIn) -> None:
    case, client = team.screened(), signed_in(team.ben)
    source = inquiry.add_source(actor=team.ben, case=case, kind="teacher_current", name="Ms. Hill")
    page = words(
        send(client, case, f"sources/{source.uuid}/interview/", "begin", place="Room 4", parent_present="on")
    )
    interview = case.interviews.get()
    assert "Room 4" in page
    assert interview.parent_present
    place = f"interviews/{interview.uuid}/"
    assert "“I saw it.”" in words(send(client, case, place, "interview", **typed(interview, "“I saw it.”")))
    ended = send(
        client, case, place, "interview", **typed(interview, "“I saw it.”", "Sure.", 2), plain={"end": "yes"}
    )
    assert "ended and kept" in words(ended)
    source.refresh_from_db()
    assert source.state == Source.State.ANSWERED
    page = seen(client, case, place)
    assert "It is not changed any more" in page
    assert "<textarea" not in page


def test_what_is_typed_is_kept_every_few_seconds_and_the_page_goes_on_from_the_new_version(
    team: Team, signed_in: SignIn
) -> None:
    case, client = team.screened(), signed_in(team.ben)
    interview = begun(team, case)
    page = seen(client, case, f"interviews/{interview.uuid}/")
    assert f'hx-post="/cases/{case.number}/interviews/{interview.uuid}/keep/"' in page
    kept = words(
        send(client, case, f"interviews/{interview.uuid}/keep/", "interview", **typed(interview, "“I"))
    )
    assert re.search(
        r'name="interview-version"\s+value="2"\s+id="id_interview-version"\s+hx-swap-oob="true"', kept
    )
    assert "version 2" in kept
    assert "version 3" in words(
        send(
            client,
            case,
            f"interviews/{interview.uuid}/keep/",
            "interview",
            **typed(interview, "“I saw", version=2),
        )
    )


def test_an_answer_that_got_lost_on_the_way_does_not_stop_the_next_saving(
    team: Team, signed_in: SignIn
) -> None:
    case, client = team.screened(), signed_in(team.ben)
    interview = begun(team, case)
    place = f"interviews/{interview.uuid}/keep/"
    send(client, case, place, "interview", **typed(interview, "“I saw"))
    assert "version 3" in words(send(client, case, place, "interview", **typed(interview, "“I saw it.”")))


def test_of_two_who_type_one_interview_the_second_sees_both_texts_and_keeps_both(
    team: Team, signed_in: SignIn
) -> None:
    case = team.screened()
    interview = begun(team, case)
    place = f"interviews/{interview.uuid}/"
    send(signed_in(team.ben), case, place, "interview", **typed(interview, "“Ben heard this.”"))
    client = signed_in(team.tess)
    warned = words(send(client, case, f"{place}keep/", "interview", **typed(interview, "“Tess heard that.”")))
    assert "Press Save now" in warned
    page = words(send(client, case, place, "interview", **typed(interview, "“Tess heard that.”")))
    assert "“Ben heard this.”" in page
    assert "“Tess heard that.”" in page
    assert 'name="interview-version" value="2"' in page
    page = words(
        send(
            client,
            case,
            place,
            "interview",
            **typed(interview, "“Tess heard that.”", version=2),
            plain={"both": "yes"},
        )
    )
    assert "“Ben heard this.”\n“Tess heard that.”" in page


def test_what_is_typed_after_the_end_stays_on_the_page(team: Team, signed_in: SignIn) -> None:
    case = team.screened()
    interview = begun(team, case)
    inquiry.save_interview(
        actor=team.ben, case=case, interview=interview, version=1, quotes="“Done.”", notes="", ended=True
    )
    page = words(
        send(
            signed_in(team.tess),
            case,
            f"interviews/{interview.uuid}/",
            "interview",
            **typed(interview, "“One more.”"),
        )
    )
    assert "was ended meanwhile" in page
    assert "“Done.”" in page
    assert "“One more.”" in page
