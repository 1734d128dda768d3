"""Whom a report is about: written down sealed, matched by a person who compared two things, and what came
before raises priority."""

from __future__ import annotations

from typing import Any

import pytest
from tests.reporting.acts import Valley, fresh

from security_center.foundation.duties import ringing
from security_center.foundation.notifications.models import Message
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.vault.models import SealedKey
from security_center.reporting.actions import conflicts, decisions, desk, subjects
from security_center.reporting.actions.subjects import SubjectUnnamed, TwoIdentifiersNeeded
from security_center.reporting.models import Report, Subject, SubjectMention, SubjectToken
from security_center.reporting.queries import report_page


def named(valley: Valley, report: Report, name: str = "Sam Doe", **fields: object) -> SubjectMention:
    return subjects.name_subject(
        actor=valley.cast.rosa, report=report, name=name, identifiers="grade 9", **fields
    )  # type: ignore[arg-type]


def matched(valley: Valley, report: Report, subject: Subject, *compared: str) -> SubjectMention:
    return subjects.match_subject(
        actor=valley.cast.rosa,
        report=report,
        subject=subject,
        same=True,
        compared=compared or ("name", "grade"),
    )


def test_strangers_name_match_and_confirm_nobody(valley: Valley) -> None:
    report = valley.taken()
    mention = named(valley, report)
    for person in (valley.cast.lena, valley.cast.rosa_elsewhere, valley.cast.ada, valley.cast.omar):
        with pytest.raises(NotAllowed):
            subjects.name_subject(actor=person, report=report, name="Sam")
        with pytest.raises(NotAllowed):
            subjects.match_subject(actor=person, report=report, subject=mention.subject, same=False)
        with pytest.raises(NotAllowed):
            subjects.check_identifiers(actor=person, mention=mention, compared=["name", "grade"])
        with pytest.raises(NotAllowed):
            subjects.confirm_identity(actor=person, mention=mention)
        with pytest.raises(NotAllowed):
            subjects.district_has_seen_pattern(actor=person, report=report)


def test_a_subject_lies_in_a_sealed_record_of_its_own(valley: Valley) -> None:
    report = valley.taken()
    subject = named(valley, report).subject
    assert subject.record != report.record
    assert b"Sam" not in bytes(subject.name) + bytes(subject.identifiers)
    assert SealedKey.objects.filter(record=subject.record).count() == 2
    page = report_page(valley.cast.rosa, fresh(report), desk.unsealed(report))
    assert [(row.name, row.identifiers) for row in page.subjects] == [("Sam Doe", "grade 9")]


def test_a_subject_needs_a_name_or_a_description(valley: Valley) -> None:
    with pytest.raises(SubjectUnnamed):
        subjects.name_subject(actor=valley.cast.rosa, report=valley.taken(), name=" ")


def test_the_same_name_written_otherwise_is_offered_and_never_taken_for_granted(valley: Valley) -> None:
    one, two, three = valley.taken(), valley.taken(), valley.taken()
    first = named(valley, one, "José Núñez")
    named(valley, two, "  jose   NUNEZ ")
    named(valley, three, "Somebody Else")
    page = report_page(valley.cast.rosa, fresh(two), desk.unsealed(two))
    assert [(subject, name) for subject, name, _identifiers, _kinds in page.likely] == [
        (first.subject, "José Núñez")
    ]
    assert page.subjects[0].earlier == []


def test_tokens_of_two_districts_have_nothing_in_common(valley: Valley) -> None:
    from django_scopes import scope

    named(valley, valley.taken())
    with scope(district=[valley.cast.district_elsewhere.pk]):
        elsewhere = valley.report(at=valley.cast.school_elsewhere)
        subjects.name_subject(actor=valley.cast.rosa_elsewhere, report=fresh(elsewhere), name="Sam Doe")
    with scope(district=[valley.cast.district.pk, valley.cast.district_elsewhere.pk]):
        tokens = [bytes(token) for token in SubjectToken.objects.values_list("token", flat=True)]
    assert len(tokens) == len(set(tokens)) == 4


@pytest.mark.parametrize("compared", [(), ("name",), ("name", "name"), ("name", "made_up")])
def test_a_name_alone_makes_no_match(valley: Valley, compared: tuple[str, ...]) -> None:
    subject = named(valley, valley.taken()).subject
    with pytest.raises(TwoIdentifiersNeeded):
        subjects.match_subject(
            actor=valley.cast.rosa, report=valley.taken(), subject=subject, same=True, compared=compared
        )


def test_telling_two_people_apart_needs_no_comparison_and_is_remembered(valley: Valley) -> None:
    one, two = valley.taken(), valley.taken()
    first = named(valley, one)
    named(valley, two)
    subjects.match_subject(actor=valley.cast.rosa, report=two, subject=first.subject, same=False)
    page = report_page(valley.cast.rosa, fresh(two), desk.unsealed(two))
    assert page.likely == []
    assert "pattern" not in valley.duties(two)


def test_before_anybody_is_approached_a_second_person_confirms_who_it_is(valley: Valley) -> None:
    mention = named(valley, valley.taken(danger_now="yes"))
    with pytest.raises(TwoIdentifiersNeeded):
        subjects.confirm_identity(actor=valley.cast.ben, mention=mention)
    subjects.check_identifiers(actor=valley.cast.rosa, mention=mention, compared=["photo", "schedule"])
    with pytest.raises(TwoIdentifiersNeeded):
        subjects.confirm_identity(actor=valley.cast.rosa, mention=mention)
    confirmed = subjects.confirm_identity(actor=valley.cast.ben, mention=mention)
    assert (confirmed.second_by, confirmed.second_at) == (valley.cast.ben, valley.at)


def test_a_history_raises_one_step_and_is_shown_but_never_cries_wolf(valley: Valley) -> None:
    first, second, third = (
        valley.taken(category="theft_vandalism"),
        valley.taken(category="theft_vandalism"),
        valley.taken(),
    )
    subject = named(valley, first).subject
    matched(valley, second, subject)
    matched(valley, third, subject)
    assert (fresh(second).urgency, fresh(second).urgency_because) == ("U3", "history")
    assert fresh(third).urgency == "U2"
    page = report_page(valley.cast.rosa, fresh(third), desk.unsealed(third))
    assert {report.number for report in page.subjects[0].earlier} == {first.number, second.number}


def test_two_within_a_day_go_to_the_district_and_the_school_cannot_stop_it(valley: Valley) -> None:
    one = valley.taken()
    valley.pass_time(hours=20)
    two = valley.taken()
    matched(valley, two, named(valley, one).subject)
    duty = valley.duties(two)["pattern"]
    assert duty.organization == valley.cast.district
    for person in (valley.cast.rosa, valley.cast.dana, valley.cast.tess):
        with pytest.raises(NotAllowed):
            subjects.district_has_seen_pattern(actor=person, report=two)
    desk.assign(actor=valley.cast.rosa, report=fresh(two), to=valley.cast.ben)
    decisions.decide(
        actor=valley.cast.rosa,
        report=fresh(two),
        actions=["counseling"],
        validity="plausible",
        considered="Talked.",
    )
    decisions.close(actor=valley.cast.rosa, report=fresh(two))
    assert valley.duties(two)["pattern"].holder is None
    valley.ring()
    assert valley.steps(two, "reporting.pattern")[0][2] == ["Ivy Chen", "Nia Ward"]
    subjects.district_has_seen_pattern(actor=valley.cast.nia, report=fresh(two))
    assert valley.duties(two) == {}


def test_nobody_is_told_of_a_pattern_who_is_kept_from_it_while_the_worker_looks_for_people(
    valley: Valley, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = valley.taken(), valley.taken()
    matched(valley, two, named(valley, one).subject)
    duty, ask = valley.duties(two)["pattern"], ringing._audience

    def asked(*given: Any) -> Any:
        monkeypatch.setattr(ringing, "_audience", ask)
        found = ask(*given)
        conflicts.set_conflict(actor=valley.cast.ivy, report=fresh(two), about=valley.cast.nia)
        return found

    monkeypatch.setattr(ringing, "_audience", asked)
    assert ringing._advance([duty.pk]) == 0
    valley.ring()
    assert valley.steps(two, "reporting.pattern")[0][2] == ["Ivy Chen"]
    assert not Message.objects.filter(duty_id=duty.pk, person=valley.cast.nia).exists()


def test_two_further_apart_than_a_day_are_no_pattern(valley: Valley) -> None:
    one = valley.taken()
    valley.pass_time(hours=25)
    two = valley.taken()
    matched(valley, two, named(valley, one).subject)
    assert "pattern" not in valley.duties(two)


def test_an_unknown_person_is_a_pattern_as_well(valley: Valley) -> None:
    one, two = valley.taken(), valley.taken()
    subject = named(valley, one, "the boy in the blue jacket", unknown=True).subject
    matched(valley, two, subject, "photo", "schedule")
    assert "pattern" in valley.duties(two)


def test_a_new_comparison_takes_the_second_persons_word_away(valley: Valley) -> None:
    report = valley.taken()
    mention = subjects.check_identifiers(
        actor=valley.cast.rosa, mention=named(valley, report), compared=["name", "grade"]
    )
    subjects.confirm_identity(actor=valley.cast.ben, mention=mention)
    again = subjects.match_subject(
        actor=valley.cast.ben,
        report=report,
        subject=mention.subject,
        same=True,
        compared=["photo", "schedule"],
    )
    assert (again.set_by, again.second_by) == (valley.cast.ben, None), (
        "one person alone must never stand as two"
    )
    with pytest.raises(TwoIdentifiersNeeded):
        subjects.confirm_identity(actor=valley.cast.ben, mention=mention)  # with the row at hand from before


def test_somebody_told_apart_is_confirmed_by_nobody(valley: Valley) -> None:
    report = valley.taken()
    mention = named(valley, report)
    subjects.match_subject(
        actor=valley.cast.rosa, report=report, subject=mention.subject, same=False, compared=["name", "grade"]
    )
    with pytest.raises(TwoIdentifiersNeeded):
        subjects.confirm_identity(actor=valley.cast.ben, mention=mention)
