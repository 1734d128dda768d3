"""threat-assessment.md F9: alerts that come too often are heard no more. Whoever oversees sees how many of
which kind each school had, and no kind looks like another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.test import Client
from django.utils.translation import override
from tests.cast import Cast

from security_center.center.queries.alerts import alerts_of, months_until
from security_center.foundation.clock import clock_at
from security_center.foundation.notifications import kinds
from security_center.foundation.notifications.actions import notify
from security_center.foundation.organizations.models import Organization, Person

SignIn = Callable[..., Client]
NOVEMBER = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def sent(
    person: Person, place: Organization, kind: str = "reporting.acknowledge", at: datetime = NOVEMBER
) -> None:
    with clock_at(at):
        notify(person=person, kind=kind, organization=place, path="/desk/", extra={"number": "AAAAAA"})


def page(client: Client, query: str = "") -> str:
    with clock_at(NOVEMBER):
        answer: Any = client.get(f"/alerts/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_readers_and_strangers_see_no_figures_of_others(cast: Cast, signed_in: SignIn) -> None:
    for person in (cast.rosa, cast.ben, cast.sam, cast.nia):
        assert signed_in(person).get("/alerts/").status_code == 403
    sent(cast.rosa, cast.school_a)
    elsewhere = page(signed_in(cast.ivy_elsewhere))
    assert cast.school_a.name not in elsewhere
    assert "No alert was sent in this month." in elsewhere


def test_f09_alerts_are_counted_by_kind_month_and_school_and_only_below_one(
    cast: Cast, signed_in: SignIn
) -> None:
    zone = months_until(date(2026, 1, 5))
    assert (zone[0], zone[1], len(zone)) == (date(2026, 1, 1), date(2025, 12, 1), 12)
    for person in (cast.rosa, cast.ben, cast.rosa):
        sent(person, cast.school_a)
    sent(cast.lena, cast.school_b, kind="case.daily")
    # Still November by the school's clock
    sent(cast.lena, cast.school_b, at=datetime(2026, 12, 1, 4, 30, tzinfo=UTC))
    sent(cast.rosa, cast.school_a, at=datetime(2026, 10, 30, 15, 0, tzinfo=UTC))
    month = alerts_of(cast.ivy, date(2026, 11, 1), ZoneInfo("America/New_York"))
    counted = {(line.place, line.kind): (line.messages, line.people) for line in month.lines}
    report, daily = (str(kinds.get(kind).subject) for kind in ("reporting.acknowledge", "case.daily"))
    assert counted == {
        (cast.school_a.name, report): (3, 2),
        (cast.school_b.name, report): (1, 1),
        (cast.school_b.name, daily): (1, 1),
    }
    assert [(line.kind, line.messages) for line in month.by_kind] == [(report, 4), (daily, 1)]
    assert cast.school_b.name not in page(signed_in(cast.dana)), "a principal sees their own school"
    assert cast.school_b.name in page(signed_in(cast.ivy))
    assert cast.school_b.name not in page(signed_in(cast.ivy), "?month=2026-10")
    assert "November 2026" in page(signed_in(cast.ivy), "?month=1999-01"), "an unknown month is this one"


def test_f09_no_two_kinds_of_alert_read_the_same() -> None:
    for language in ("en", "es"):
        with override(language):
            subjects = Counter(str(kinds.get(name).subject) for name in kinds.names())
        assert [subject for subject, times in subjects.items() if times > 1] == []


def test_no_sentence_shows_the_marks_of_what_completes_it(cast: Cast, signed_in: SignIn) -> None:
    for kind in kinds.names():
        sent(cast.rosa, cast.school_a, kind)
    assert "%(" not in page(signed_in(cast.dana))
