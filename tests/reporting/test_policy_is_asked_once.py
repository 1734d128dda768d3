"""A report from the form to the desk: the policy is asked once for the page, and once under the lock."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.reporting.acts import Valley

from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations.looking import made_for
from security_center.foundation.organizations.models import Person
from security_center.foundation.organizations.policies import NotAllowed
from security_center.reporting import policies
from security_center.reporting.actions import conflicts, decisions, desk, imminent, subjects
from security_center.reporting.models import Report

SignIn = Callable[[Person], Client]

DECISION = {
    "decide-actions": "counseling",
    "decide-validity": "plausible",
    "decide-considered": "We talked to both.",
    "decide-interim": "no",
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The name of each person about whom the policy was asked."""
    names: list[str] = []
    kept_from = policies.kept_from

    def counted(person: Person, report: Any) -> bool:
        names.append(person.name)
        return kept_from(person, report)

    monkeypatch.setattr(policies, "kept_from", counted)
    return names


def walk(
    valley: Valley, reader: Client, asked: list[str], steps: list[tuple[str, dict[str, str] | None]]
) -> None:
    report = valley.report("Two boys push a younger one every morning.")
    assert not asked, "whoever reports is asked for nothing"
    for place, data in steps:
        asked.clear()
        url = f"/desk/reports/{report.number}/{place}"
        answer: Any = reader.get(url) if data is None else reader.post(url, data)
        assert answer.status_code == (200 if data is None else 302), (place, answer.content.decode()[-2000:])
        assert 1 <= asked.count(valley.cast.rosa.name) <= 2, (place, asked)


def test_reading_and_taking_a_report_asks_the_policy_at_most_twice(
    valley: Valley, signed_in: SignIn, asked: list[str]
) -> None:
    steps: list[tuple[str, dict[str, str] | None]] = [
        ("", None),
        ("acknowledge/", {}),
        ("message/", {"message-body": "Thank you. Who were they?", "message-message": str(uuid.uuid4())}),
        ("note/", {"note-body": "I know the place."}),
        ("urgency/", {"urgency-urgency": "U4", "urgency-reason": "They have been talked to."}),
        ("urgency/", {"urgency-urgency": "U3", "urgency-reason": "It has gone on for weeks."}),
        ("decide/", None),
        ("decide/", DECISION),
        ("close/", None),
        ("close/", {}),
    ]
    walk(valley, signed_in(valley.cast.rosa), asked, steps)


def test_deciding_a_report_that_nobody_has_acknowledged_asks_the_policy_at_most_twice(
    valley: Valley, signed_in: SignIn, asked: list[str]
) -> None:
    walk(valley, signed_in(valley.cast.rosa), asked, [("decide/", DECISION)])


PRESSES: dict[str, Callable[[Person, Report], Any]] = {
    "look": lambda actor, report: desk.look(actor=actor, report=report),
    "acknowledge": lambda actor, report: desk.acknowledge(actor=actor, report=report),
    "note": lambda actor, report: desk.write_note(actor=actor, report=report, body="I know the place."),
    "hold": lambda actor, report: desk.set_hold(actor=actor, report=report, on=True),
    "decide": lambda actor, report: decisions.decide(
        actor=actor, report=report, actions=["counseling"], validity="plausible", considered="We talked."
    ),
    "stamp": lambda actor, report: imminent.stamp(actor=actor, report=report, step="called_911"),
    "take back": lambda actor, report: imminent.withdraw(actor=actor, report=report, step="called_911"),
    "name": lambda actor, report: subjects.name_subject(actor=actor, report=report, name="Sam Poe"),
}


@pytest.mark.parametrize("press", PRESSES)
def test_a_permission_taken_away_between_page_and_press_is_refused(valley: Valley, press: str) -> None:
    report, ivy = valley.report("Two boys push a younger one every morning."), valley.cast.ivy
    looking = policies.looking_at(ivy, report)
    assert policies.Permission.REPORT_WRITE in looking.permissions
    assert policies.Permission.REPORT_HOLD in looking.permissions
    conflicts.set_conflict(actor=valley.cast.nia, report=report, about=ivy)
    entries = Entry.objects.count()
    with made_for(looking), pytest.raises(NotAllowed):
        PRESSES[press](ivy, report)
    assert Entry.objects.count() == entries
