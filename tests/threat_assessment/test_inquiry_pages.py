"""Sources and the thirteen themes in the browser: who may not, of interviews too, and what two people at
once see."""

from __future__ import annotations

import re

import pytest
from tests.threat_assessment.pages import SignIn, begun, seen, send, words
from tests.threat_assessment.team import Team

from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.actions import case_opening, inquiry
from security_center.threat_assessment.models import Case, Finding, Source

PLACES = (
    "sources/",
    "themes/",
    "themes/motive/",
    "judgement/",
    "notices/",
    "plan/",
    "plan/words/",
    "plan/actions/new/",
    "reviews/",
    "close/",
)
GRIEVANCE = "motive-grievance"


def officer_joins(team: Team, case: Case) -> None:
    case_opening.join(actor=team.tess, case=case, person=team.sam, disciplines=["law_enforcement"])


# --- who may not


def test_a_stranger_gets_404_on_every_page_and_every_press(team: Team, signed_in: SignIn) -> None:
    case = team.screened()
    interview = begun(team, case)
    presses = (
        f"sources/{interview.source.uuid}/interview/",
        f"interviews/{interview.uuid}/keep/",
        "plan/approve/",
    )
    for person in (
        team.valley.cast.tess_elsewhere,
        team.valley.cast.ivy_elsewhere,
        team.valley.cast.lena,
        team.valley.cast.rosa,
    ):
        client = signed_in(person)
        for place in (*PLACES, f"interviews/{interview.uuid}/", f"sources/{interview.source.uuid}/"):
            assert client.get(f"/cases/{case.number}/{place}").status_code == 404, place
        for place in presses:
            assert client.post(f"/cases/{case.number}/{place}").status_code == 404, place
    interview.refresh_from_db()
    assert interview.version == 1


def test_whoever_only_knows_that_the_case_is_there_is_told_whom_to_ask(team: Team, signed_in: SignIn) -> None:
    case = team.screened()
    client = signed_in(team.valley.cast.ivy)
    for place in PLACES:
        answer = client.get(f"/cases/{case.number}/{place}")
        assert answer.status_code == 403, place
        assert "Tess Moran" in words(answer)
        assert "Marker-Concern" not in words(answer)


def test_a_row_of_another_case_is_not_there(team: Team, signed_in: SignIn) -> None:
    one, other = team.screened(), team.screened()
    interview = begun(team, one)
    client = signed_in(team.ben)
    for place in (f"interviews/{interview.uuid}/", f"sources/{interview.source.uuid}/"):
        assert client.get(f"/cases/{other.number}/{place}").status_code == 404


def test_the_officer_sees_no_student_records_and_others_nothing_of_law_enforcement(
    team: Team, signed_in: SignIn
) -> None:
    case = team.screened()
    officer_joins(team, case)
    record = inquiry.add_source(actor=team.ben, case=case, kind="rec_discipline", name="Marker-Record")
    police = inquiry.add_source(
        actor=team.sam, case=case, kind="rec_le_contacts", name="Marker-Police", law_enforcement_only=True
    )
    inquiry.find(
        actor=team.ben,
        case=case,
        prompt="motive.grievance",
        answer="yes",
        note="He is angry.",
        version=0,
        sources=[record, police],
    )
    officer, counselor = signed_in(team.sam), signed_in(team.ben)
    for client, sees, not_there, hidden in (
        (officer, "Marker-Police", record, "Marker-Record"),
        (counselor, "Marker-Record", police, "Marker-Police"),
    ):
        for place in ("sources/", "themes/motive/"):
            page = seen(client, case, place)
            assert sees in page
            assert hidden not in page
        assert client.get(f"/cases/{case.number}/sources/{not_there.uuid}/").status_code == 404
        assert client.post(f"/cases/{case.number}/sources/{not_there.uuid}/interview/").status_code == 404
    assert "law_enforcement_only" in seen(officer, case, "sources/")
    assert "law_enforcement_only" not in seen(counselor, case, "sources/")


def test_what_somebody_may_not_see_stays_cited_when_they_change_a_finding(
    team: Team, signed_in: SignIn
) -> None:
    case = team.screened()
    officer_joins(team, case)
    record = inquiry.add_source(actor=team.ben, case=case, kind="rec_discipline")
    inquiry.find(
        actor=team.ben,
        case=case,
        prompt="motive.grievance",
        answer="yes",
        note="Angry.",
        version=0,
        sources=[record],
    )
    send(
        signed_in(team.sam),
        case,
        "themes/motive/",
        GRIEVANCE,
        answer="no",
        note="Calm.",
        version=1,
        plain={"prompt": "motive.grievance"},
    )
    assert list(case.findings.get(prompt="motive.grievance", current=True).sources.all()) == [record]


def test_a_note_for_a_criminal_purpose_is_read_by_officers_only(team: Team, signed_in: SignIn) -> None:
    case = team.screened()
    officer_joins(team, case)
    source = inquiry.add_source(actor=team.ben, case=case, kind="witness")
    interview = inquiry.begin_interview(
        actor=team.sam, case=case, source=source, law_enforcement_purpose=True
    )
    assert signed_in(team.sam).get(f"/cases/{case.number}/interviews/{interview.uuid}/").status_code == 200
    assert signed_in(team.ben).get(f"/cases/{case.number}/interviews/{interview.uuid}/").status_code == 404
    assert "law_enforcement_purpose" not in seen(signed_in(team.ben), case, f"sources/{source.uuid}/")


# --- sources


def test_a_source_is_added_under_its_group_and_settled(team: Team, signed_in: SignIn) -> None:
    case, client = team.screened(), signed_in(team.ben)
    added = send(
        client,
        case,
        "sources/",
        "source",
        kind="teacher_current",
        called="Ms. Hill",
        note="How is he in class?",
    )
    assert "Ms. Hill" in words(added)
    assert str(doctrine.source_groups()["school"]) in words(added)
    source = case.sources.get()
    refused = send(client, case, f"sources/{source.uuid}/", "settle", state="refused", note="")
    assert "Write who refused" in words(refused)
    assert case.sources.get().state == Source.State.WANTED
    send(client, case, f"sources/{source.uuid}/", "settle", state="refused", note="She said no on Tuesday.")
    assert case.sources.get().state == Source.State.REFUSED


def test_a_source_without_a_kind_keeps_the_words(team: Team, signed_in: SignIn) -> None:
    case = team.screened()
    page = words(
        send(
            signed_in(team.ben),
            case,
            "sources/",
            "source",
            kind="",
            called="Ms. Hill",
            note="How is he in class?",
        )
    )
    assert "Choose what kind of source it is." in page
    assert "Ms. Hill" in page
    assert "How is he in class?" in page
    assert not case.sources.exists()


# --- the thirteen themes


def test_the_board_says_in_words_what_was_asked_and_counts_nothing(team: Team, signed_in: SignIn) -> None:
    case, client = team.screened(), signed_in(team.ben)
    inquiry.find(actor=team.ben, case=case, prompt="motive.grievance", answer="yes", note="Angry.", version=0)
    page = seen(client, case, "themes/")
    for theme in doctrine.themes().values():
        assert str(theme.name) in page
    board = page[page.index('<div class="panel" role="listitem">') : page.index("Back to the case")]
    assert board.count('<div class="panel" role="listitem">') == 13
    assert "Not started" in board
    for prompt in doctrine.prompts().values():
        board = board.replace(str(prompt.text), "")
    assert not re.search(r"\d", re.sub(r"<[^>]*>", "", board)), "no figure stands on the board"


def test_a_theme_shows_each_prompt_and_marks_what_must_be_asked(team: Team, signed_in: SignIn) -> None:
    case, client = team.screened(), signed_in(team.ben)
    for theme in doctrine.themes().values():
        page = seen(client, case, f"themes/{theme.key}/")
        for prompt in theme.prompts:
            assert str(prompt.text) in page
        assert page.count("Must be asked") == len(theme.mandatory)
    assert client.get(f"/cases/{case.number}/themes/nothing/").status_code == 404


def test_a_finding_names_its_sources_and_its_day(team: Team, signed_in: SignIn) -> None:
    case, client = team.screened(), signed_in(team.ben)
    source = inquiry.add_source(actor=team.ben, case=case, kind="teacher_current", name="Ms. Hill")
    answer = send(
        client,
        case,
        "themes/motive/",
        GRIEVANCE,
        answer="yes",
        note="Angry at two boys.",
        sources=[source.pk],
        observed_on="2026-11-20",
        version=0,
        plain={"prompt": "motive.grievance"},
    )
    page = words(answer)
    assert "Angry at two boys." in page
    assert "Ms. Hill" in page
    finding = case.findings.get()
    assert (finding.answer, list(finding.sources.all()), finding.observed_on.isoformat()) == (
        "yes",
        [source],
        "2026-11-20",
    )


@pytest.mark.parametrize(
    ("fields", "says"),
    [({"note": "Typed."}, "Choose an answer."), ({"answer": "yes", "note": ""}, "Write what was found")],
)
def test_a_finding_that_is_not_complete_keeps_what_was_typed(
    team: Team, signed_in: SignIn, fields: dict[str, str], says: str
) -> None:
    case = team.screened()
    given = {**fields, "observed_on": "2026-11-20", "version": 0}
    page = words(
        send(
            signed_in(team.ben),
            case,
            "themes/motive/",
            GRIEVANCE,
            **given,
            plain={"prompt": "motive.grievance"},
        )
    )
    assert says in page
    assert "2026-11-20" in page
    assert fields["note"] in page
    assert not case.findings.exists()


def test_a_prompt_of_another_theme_is_not_saved_here(team: Team, signed_in: SignIn) -> None:
    case = team.screened()
    given = {"answer": "no", "version": 0, "plain": {"prompt": "motive.grievance"}}
    assert send(signed_in(team.ben), case, "themes/capacity/", GRIEVANCE, **given).status_code == 404


def test_of_two_who_edit_one_finding_the_second_sees_both_texts_on_the_page_and_loses_none(
    team: Team, signed_in: SignIn
) -> None:
    case = team.screened()
    inquiry.find(
        actor=team.tess,
        case=case,
        prompt="motive.grievance",
        answer="yes",
        note="Tess wrote this.",
        version=0,
    )
    client, plain = signed_in(team.ben), {"prompt": "motive.grievance"}
    page = words(
        send(
            client,
            case,
            "themes/motive/",
            GRIEVANCE,
            answer="no",
            note="Ben wrote that.",
            version=0,
            plain=plain,
        )
    )
    assert "Tess Moran saved this meanwhile" in page
    assert "Tess wrote this." in page
    assert "Ben wrote that." in page
    assert case.findings.count() == 1
    assert f'name="{GRIEVANCE}-version" value="1"' in page
    send(client, case, "themes/motive/", GRIEVANCE, answer="unclear", note="Both.", version=1, plain=plain)
    assert [(row.version, row.current) for row in Finding.objects.filter(case=case).order_by("version")] == [
        (1, False),
        (2, True),
    ]
