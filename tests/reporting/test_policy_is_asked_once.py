"""A report from the form to the desk: the policy is asked once for the page, and once under the lock."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.reporting.acts import Valley

from security_center.foundation.organizations.models import Person
from security_center.reporting import policies

SignIn = Callable[[Person], Client]


def test_reading_and_taking_a_report_asks_the_policy_at_most_twice(
    valley: Valley, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    kept_from = policies.kept_from

    def counted(person: Person, report: Any) -> bool:
        asked.append(person.name)
        return kept_from(person, report)

    monkeypatch.setattr(policies, "kept_from", counted)
    report = valley.report("Two boys push a younger one every morning.")
    assert not asked, "whoever reports is asked for nothing"
    reader = signed_in(valley.cast.rosa)
    steps: list[tuple[str, dict[str, str] | None]] = [
        ("", None),
        ("acknowledge/", {}),
        ("message/", {"message-body": "Thank you. Who were they?", "message-message": str(uuid.uuid4())}),
        ("note/", {"note-body": "I know the place."}),
        ("decide/", None),
        (
            "decide/",
            {
                "decide-actions": "counseling",
                "decide-validity": "plausible",
                "decide-considered": "We talked to both.",
                "decide-interim": "no",
            },
        ),
        ("close/", None),
        ("close/", {}),
    ]
    for place, data in steps:
        asked.clear()
        url = f"/desk/reports/{report.number}/{place}"
        answer: Any = reader.get(url) if data is None else reader.post(url, data)
        assert answer.status_code == (200 if data is None else 302), (place, answer.content.decode()[-2000:])
        assert 1 <= asked.count(valley.cast.rosa.name) <= 2, (place, asked)
