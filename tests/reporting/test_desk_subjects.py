"""Whom a report is about: named, compared by two things at least, confirmed by two people, earlier reports
shown."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from tests.reporting.acts import Valley, fresh

from security_center.foundation.organizations.models import Person
from security_center.reporting.actions import decisions
from security_center.reporting.models import SubjectMention

SignIn = Callable[[Person], Client]


def test_a_reader_of_another_district_names_nobody(valley: Valley, signed_in: SignIn) -> None:
    report = valley.taken()
    assert (
        signed_in(valley.cast.rosa_elsewhere)
        .post(f"/desk/reports/{report.number}/subjects/", {"subject-full_name": "Sam Hill"})
        .status_code
        == 404
    )
    assert (
        signed_in(valley.cast.omar)
        .post(f"/desk/reports/{report.number}/subjects/", {"subject-full_name": "Sam Hill"})
        .status_code
        == 403
    )
    assert not SubjectMention.objects.exists()


def test_a_subject_of_another_tenant_cannot_be_matched(valley: Valley, signed_in: SignIn) -> None:
    mine, theirs = valley.taken(), valley.report(at=valley.cast.school_b)
    signed_in(valley.cast.lena).post(
        f"/desk/reports/{theirs.number}/subjects/", {"subject-full_name": "Sam Hill"}
    )
    subject = SubjectMention.objects.get().subject_id
    answer = signed_in(valley.cast.rosa).post(
        f"/desk/reports/{mine.number}/subjects/{subject}/match/", {"same": "yes"}
    )
    assert answer.status_code == 404


def test_an_empty_name_is_refused_and_a_search_needs_no_name(valley: Valley, signed_in: SignIn) -> None:
    report, client = valley.taken(), signed_in(valley.cast.rosa)
    page = client.post(
        f"/desk/reports/{report.number}/subjects/", {"subject-handle": "sk8er_7"}
    ).content.decode()
    assert "Write a name, or what is known." in page
    assert "sk8er_7" in page
    client.post(
        f"/desk/reports/{report.number}/subjects/",
        {"subject-identifiers": "Tall, red cap, bus 7", "subject-unknown": "on"},
    )
    page = client.get(f"/desk/reports/{report.number}/").content.decode()
    assert "Search goes on" in page
    assert "Tall, red cap, bus 7" in page


def test_a_likely_match_takes_two_things_compared_and_then_shows_the_history(
    valley: Valley, signed_in: SignIn
) -> None:
    client = signed_in(valley.cast.rosa)
    first, second = valley.taken(category="drugs"), valley.taken(category="drugs")
    client.post(
        f"/desk/reports/{first.number}/subjects/",
        {"subject-full_name": "Sam Hill", "subject-identifiers": "Grade 9"},
    )
    decisions.decide(
        actor=valley.cast.rosa, report=first, actions=["counseling"], validity="plausible", considered="x"
    )
    client.post(f"/desk/reports/{second.number}/subjects/", {"subject-full_name": "Sam Hill"})
    page = client.get(f"/desk/reports/{second.number}/").content.decode()
    assert "May be the same person as in an earlier report" in page
    earlier = SubjectMention.objects.get(report=first).subject_id
    address = f"/desk/reports/{second.number}/subjects/{earlier}/match/"
    page = client.post(address, {f"compared-{earlier}-compared": ["name"], "same": "yes"}).content.decode()
    assert "Compare at least two things" in page
    client.post(address, {f"compared-{earlier}-compared": ["name", "grade"], "same": "yes"})
    assert fresh(second).urgency == "U2"
    page = client.get(f"/desk/reports/{second.number}/").content.decode()
    assert "Earlier reports about this person" in page
    assert "Plausible: Counseling" in page
    assert "The district has been told and has to look." in page


def test_only_the_district_says_that_it_has_seen_a_pattern(valley: Valley, signed_in: SignIn) -> None:
    test_a_likely_match_takes_two_things_compared_and_then_shows_the_history(valley, signed_in)
    report = SubjectMention.objects.order_by("-pk").first().report  # type: ignore[union-attr]
    address = f"/desk/reports/{report.number}/pattern/"
    assert signed_in(valley.cast.rosa).post(address).status_code == 403
    assert signed_in(valley.cast.nia).post(address).status_code == 302
    assert "pattern" not in valley.duties(report)


def test_someone_else_is_not_offered_again(valley: Valley, signed_in: SignIn) -> None:
    client = signed_in(valley.cast.rosa)
    first, second = valley.taken(), valley.taken()
    for report in (first, second):
        client.post(f"/desk/reports/{report.number}/subjects/", {"subject-full_name": "Sam Hill"})
    earlier = SubjectMention.objects.get(report=first).subject_id
    client.post(f"/desk/reports/{second.number}/subjects/{earlier}/match/", {"same": "no"})
    assert "May be the same person" not in client.get(f"/desk/reports/{second.number}/").content.decode()


def test_a_second_person_confirms_who_it_is(valley: Valley, signed_in: SignIn) -> None:
    report, rosa = valley.taken(), signed_in(valley.cast.rosa)
    rosa.post(f"/desk/reports/{report.number}/subjects/", {"subject-full_name": "Sam Hill"})
    subject = SubjectMention.objects.get().subject_id
    address = f"/desk/reports/{report.number}/subjects/{subject}/"
    rosa.post(f"{address}check/", {f"compared-{subject}-compared": ["photo", "grade"]})
    assert "Compare at least two things" in rosa.post(f"{address}second/", follow=True).content.decode()
    page = signed_in(valley.cast.ben).post(f"{address}second/", follow=True).content.decode()
    assert "Confirmed by two people" in page
