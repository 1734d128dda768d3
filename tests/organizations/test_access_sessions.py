"""An administrator's look at content: with a reason, announced, at one place, ended by the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.cast import Cast

from security_center.foundation.clock import clock_at, now
from security_center.foundation.ledger.models import Entry
from security_center.foundation.organizations import actions, policies, queries, signals
from security_center.foundation.organizations.models import AccessSession, Role
from security_center.foundation.organizations.permissions import ACCESS_SESSION_PERMISSIONS, Permission
from security_center.foundation.vault.models import SealedKey

REASON = "The reader is away and a parent called about marker-8841."


def start(cast: Cast, hours: int = 2) -> AccessSession:
    return actions.start_access_session(
        actor=cast.ada, organization=cast.school_a, reason=REASON, hours=hours
    )


def test_nobody_but_an_administrator_of_the_place_opens_one(cast: Cast) -> None:
    for name in ("rosa", "dana", "ivy", "omar", "aud", "ada_elsewhere", "rosa_elsewhere"):
        with pytest.raises(policies.NotAllowed):
            actions.start_access_session(actor=cast.everyone[name], organization=cast.school_a, reason=REASON)
    assert not AccessSession.objects.exists()


def test_without_one_an_administrator_reads_nothing(cast: Cast) -> None:
    for permission in ACCESS_SESSION_PERMISSIONS:
        assert not policies.has(cast.ada, permission, cast.school_a)
        assert not policies.organizations_with(cast.ada, permission).exists()


def test_it_opens_exactly_one_place_and_only_for_reading(cast: Cast) -> None:
    start(cast)
    assert policies.has(cast.ada, Permission.REPORT_READ, cast.school_a)
    assert not policies.has(cast.ada, Permission.REPORT_READ, cast.school_b)
    assert not policies.has(cast.ada, Permission.REPORT_READ, cast.district)
    assert list(policies.organizations_with(cast.ada, Permission.REPORT_READ)) == [cast.school_a]
    for permission in (Permission.REPORT_WRITE, Permission.REPORT_CLOSE, Permission.REPORT_ASSIGN):
        assert not policies.has(cast.ada, permission, cast.school_a)


def test_it_ends_by_the_clock(cast: Cast) -> None:
    session = start(cast, hours=4)
    assert policies.access_session(cast.ada, cast.school_a) == session
    with clock_at(now() + timedelta(hours=3, minutes=59)):
        assert policies.has(cast.ada, Permission.REPORT_READ, cast.school_a)
    with clock_at(now() + timedelta(hours=4, seconds=1)):
        assert not policies.has(cast.ada, Permission.REPORT_READ, cast.school_a)
        assert policies.access_session(cast.ada, cast.school_a) is None
        assert not policies.organizations_with(cast.ada, Permission.REPORT_READ).exists()


@pytest.mark.parametrize("hours", [0, -1, 5, 24])
def test_it_is_never_longer_than_four_hours(cast: Cast, hours: int) -> None:
    with pytest.raises(actions.AccessTooLong):
        start(cast, hours=hours)


@pytest.mark.parametrize("reason", ["", "  ", "because", "          x"])
def test_it_needs_a_reason(cast: Cast, reason: str) -> None:
    with pytest.raises(actions.ReasonMissing):
        actions.start_access_session(actor=cast.ada, organization=cast.school_a, reason=reason)


def test_it_is_announced_inside_the_transaction(cast: Cast) -> None:
    heard: list[Any] = []

    def listen(session: AccessSession, actor: Any, **_rest: Any) -> None:
        heard.append((session.organization, actor))

    def fail(**_rest: Any) -> None:
        raise RuntimeError("the desk could not be told")

    signals.access_session_started.connect(listen)
    try:
        start(cast)
        signals.access_session_started.connect(fail)
        with pytest.raises(RuntimeError):
            actions.start_access_session(actor=cast.ada, organization=cast.school_b, reason=REASON)
    finally:
        signals.access_session_started.disconnect(listen)
        signals.access_session_started.disconnect(fail)
    assert heard[0] == (cast.school_a, cast.ada)
    assert not AccessSession.objects.filter(organization=cast.school_b).exists(), (
        "no look without the announcement"
    )


def test_the_reason_is_sealed_and_read_by_the_desk_and_the_auditor(cast: Cast) -> None:
    session = start(cast)
    stored = AccessSession.objects.get(pk=session.pk)
    assert b"marker-8841" not in bytes(stored.reason)
    assert set(SealedKey.objects.filter(record=session.record).values_list("recipient", flat=True)) == {
        f"desk:{cast.school_a.pk}",
        f"desk:{cast.district.pk}",
    }
    for name in ("rosa", "ben", "aud", "ivy", "omar", "ada"):
        assert queries.access_reason(cast.everyone[name], stored) == REASON
    for name in ("lena", "rosa_elsewhere", "aud_elsewhere", "ada_elsewhere"):
        with pytest.raises(policies.NotAllowed):
            queries.access_reason(cast.everyone[name], stored)


def test_the_ledger_holds_that_it_was_and_not_why(cast: Cast) -> None:
    session = start(cast)
    entry = Entry.objects.get(verb="access_session.started")
    assert (entry.actor, entry.thing, entry.organization_id, entry.detail) == (
        f"person:{cast.ada.pk}",
        f"access_session:{session.pk}",
        cast.school_a.pk,
        {"hours": 2},
    )


def test_it_is_ended_by_whoever_opened_it_or_administers_the_place(cast: Cast) -> None:
    for name in ("rosa", "aud", "ada_elsewhere"):
        with pytest.raises(policies.NotAllowed):
            actions.end_access_session(actor=cast.everyone[name], session=start(cast))
    session = start(cast)
    actions.end_access_session(actor=cast.root, session=session)
    policies.forget(cast.ada)
    assert not policies.has(cast.ada, Permission.REPORT_READ, cast.school_a)
    actions.end_access_session(actor=cast.ada, session=session)
    assert (
        Entry.objects.filter(verb="access_session.ended", thing=f"access_session:{session.pk}").count() == 1
    )


def test_a_second_one_at_the_same_place_ends_the_first(cast: Cast) -> None:
    first, second = start(cast), start(cast)
    first.refresh_from_db()
    assert first.ended_at is not None
    assert policies.access_session(cast.ada, cast.school_a) == second


def test_it_ends_with_the_role_that_allowed_it(cast: Cast) -> None:
    session = start(cast)
    administrator = next(a for a in policies.held(cast.ada) if a.role == Role.ADMINISTRATOR)
    actions.end_role(actor=cast.root, assignment=administrator)
    policies.forget(cast.ada)
    assert not policies.has(cast.ada, Permission.REPORT_READ, cast.school_a)
    session.refresh_from_db()
    assert session.ended_at is not None


def test_who_holds_a_role_at_the_state_opens_one_on_its_page(cast: Cast, signed_in: Any) -> None:
    page = f"/organizations/{cast.school_a.pk}/access/"
    assert signed_in(cast.root).post(page, {"reason": REASON, "hours": 2}).status_code == 302
    assert AccessSession.objects.get().person == cast.root
