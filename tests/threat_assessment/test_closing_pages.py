"""A case is closed in the browser: what ends no case, what is still missing, and the second discipline."""

from __future__ import annotations

from tests.threat_assessment.pages import SignIn, seen, send, words
from tests.threat_assessment.team import Team

from security_center.threat_assessment import content_loader as doctrine
from security_center.threat_assessment.actions import management_plan
from security_center.threat_assessment.models import Case, State


def ready_to_close(team: Team) -> Case:
    case = team.managed()
    management_plan.settle_action(
        actor=team.ben, case=case, action=case.plan.actions.get(), state="done", evidence="Four talks."
    )
    management_plan.review(actor=team.tess, case=case, text="Better.", next_in_days=14)
    return case


def test_what_ends_no_case_is_answered_with_why(team: Team, signed_in: SignIn) -> None:
    case, client = team.managed(), signed_in(team.tess)
    for key, one in doctrine.never_close_reasons().items():
        page = words(send(client, case, "close/", "close", reason=key, text="Marker-Gone"))
        assert page.count(str(one.sentence)) >= 2, "beside the field, and in the list below"
        assert "Marker-Gone" in page
    assert not case.closures.exists()


def test_what_is_still_missing_stands_in_words(team: Team, signed_in: SignIn) -> None:
    case, client = team.managed(), signed_in(team.tess)
    option = str(doctrine.plan_options()[case.plan.actions.get().option].label)
    for page in (
        seen(client, case, "close/"),
        words(send(client, case, "close/", "close", reason="resolved_support_in_place", text="Marker-Well")),
    ):
        assert "Every step of the plan is done or given up with a reason." in page
        assert option in page
        assert "actions_settled" not in page
    assert "Marker-Well" in page
    assert not case.closures.exists()


def test_a_second_discipline_closes_the_case(team: Team, signed_in: SignIn) -> None:
    case, tess, ben = ready_to_close(team), signed_in(team.tess), signed_in(team.ben)
    asked = words(send(tess, case, "close/", "close", reason="resolved_support_in_place", text="Marker-Well"))
    assert "A member of another discipline answers." in asked
    assert "I agree: close the case" not in asked
    closure = case.closures.get()
    assert "Marker-Well" in seen(ben, case, "close/")
    place = f"close/{closure.uuid}/"
    assert "Write what you looked at yourself." in words(
        send(ben, case, place, "answer", text="", plain={"agree": "yes"})
    )
    case.refresh_from_db()
    assert case.open
    assert "The case is closed." in words(
        send(ben, case, place, "answer", text="I read it all.", plain={"agree": "yes"})
    )
    case.refresh_from_db()
    assert case.state == State.CLOSED
    assert "A new report opens it again." in seen(ben, case, "close/")


def test_whoever_asked_cannot_answer_and_their_words_stay(team: Team, signed_in: SignIn) -> None:
    case, client = ready_to_close(team), signed_in(team.tess)
    send(client, case, "close/", "close", reason="resolved_support_in_place", text="Well.")
    page = words(
        send(
            client,
            case,
            f"close/{case.closures.get().uuid}/",
            "answer",
            text="Marker-Myself",
            plain={"agree": "yes"},
        )
    )
    case.refresh_from_db()
    assert case.open
    assert "moved on" in page
    assert "Marker-Myself" in page


def test_a_no_keeps_the_case_open_with_its_reason(team: Team, signed_in: SignIn) -> None:
    case = ready_to_close(team)
    send(signed_in(team.tess), case, "close/", "close", reason="resolved_support_in_place", text="Well.")
    send(
        signed_in(team.ben),
        case,
        f"close/{case.closures.get().uuid}/",
        "answer",
        text="Marker-No",
        plain={"agree": "no"},
    )
    case.refresh_from_db()
    assert case.open
    page = seen(signed_in(team.tess), case, "close/")
    assert "Not agreed" in page
    assert "Marker-No" in page
    assert "Ask a second discipline" in page
