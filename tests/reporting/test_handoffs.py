"""One desk hands a report to another: it stays the giver's until the receiver takes it, and from then on it
is the receiver's alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope, scopes_disabled
from tests.reporting.acts import Valley, fresh

from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.organizations.policies import NotAllowed
from security_center.foundation.vault.queries import recipients_of
from security_center.prevention import actions as plan_actions
from security_center.reporting.actions import conflicts, decisions, desk, handoffs, subjects
from security_center.reporting.actions.handoffs import AlreadyHandedOver, NotADesk
from security_center.reporting.models import Approval, Handoff, Report
from security_center.reporting.queries import thread_page, visible_to
from security_center.reporting.queries.handoffs import offer_for


def offer(valley: Valley, report: Report, to: Organization, by: Person | None = None) -> Handoff:
    return handoffs.hand_to_desk(
        actor=by or valley.cast.rosa, report=report, to_desk=to, reason="The pupil goes to school there."
    )


@pytest.fixture
def both_districts(valley: Valley) -> Iterator[None]:
    with scope(district=[valley.cast.district.pk, valley.cast.district_elsewhere.pk]):
        yield


def test_strangers_offer_nothing_and_take_nothing(valley: Valley, both_districts: None) -> None:
    report = valley.taken()
    with pytest.raises(NotAllowed):
        offer(valley, report, valley.cast.school_b, by=valley.cast.rosa_elsewhere)
    handoff = offer(valley, report, valley.cast.school_b)
    for name in ("rosa", "paul_", "aud", "ada", "omar", "rosa_elsewhere"):
        person = getattr(valley.cast, name, None)
        if person is not None:
            with pytest.raises(NotAllowed):
                handoffs.take_over(actor=person, handoff=handoff)


def test_it_goes_to_another_open_desk_with_a_reason_and_to_one_at_a_time(valley: Valley) -> None:
    report = valley.taken()
    for nowhere in (valley.school, valley.cast.state):
        with pytest.raises(NotADesk):
            offer(valley, report, nowhere)
    with pytest.raises(decisions.NoWrittenBasis):
        handoffs.hand_to_desk(actor=valley.cast.rosa, report=report, to_desk=valley.cast.school_b, reason=" ")
    offer(valley, report, valley.cast.school_b)
    with pytest.raises(AlreadyHandedOver):
        offer(valley, report, valley.cast.district)


def test_the_receiver_cannot_read_before_taking_it_and_the_giver_cannot_after(valley: Valley) -> None:
    report, lena = valley.taken(), valley.cast.lena
    handoff = offer(valley, report, valley.cast.school_b)
    with pytest.raises(NotAllowed):
        desk.look(actor=lena, report=fresh(report))
    desk.look(actor=valley.cast.rosa, report=fresh(report))
    taken = handoffs.take_over(actor=lena, handoff=handoff)
    desk.look(actor=lena, report=fresh(taken))
    assert handoffs.reason_of(handoff, fresh(taken)) == "The pupil goes to school there."
    with pytest.raises(NotAllowed):
        desk.look(actor=valley.cast.rosa, report=fresh(taken))
    assert not visible_to(valley.cast.rosa).exists()


def test_a_taken_report_is_sealed_to_its_new_desks_and_its_reporter_and_to_nobody_else(
    valley: Valley, both_districts: None
) -> None:
    cast = valley.cast
    school_a, school_b, district, elsewhere, theirs = (
        f"desk:{one.pk}"
        for one in (
            cast.school_a,
            cast.school_b,
            cast.district,
            cast.school_elsewhere,
            cast.district_elsewhere,
        )
    )
    received = valley.receive("He goes to the other school.")
    handoff = offer(valley, received.report, cast.school_b)
    assert set(recipients_of(received.report.record)) == {school_a, school_b, district, "receipt"}
    before = fresh(received.report)
    handoffs.take_over(actor=cast.lena, handoff=handoff)
    assert set(recipients_of(received.report.record)) == {school_b, district, "receipt"}
    assert fresh(received.report).desk == cast.school_b
    handoff = handoffs.hand_to_desk(
        actor=cast.lena, report=fresh(received.report), to_desk=cast.school_elsewhere, reason="He has moved."
    )
    handoffs.take_over(actor=cast.rosa_elsewhere, handoff=handoff)
    assert set(recipients_of(received.report.record)) == {elsewhere, theirs, "receipt"}
    with pytest.raises(NotAllowed):
        desk.look(actor=cast.rosa, report=before)  # whose page was loaded before the report went
    desk.look(actor=cast.rosa_elsewhere, report=fresh(received.report))
    assert (
        thread_page(received.receipt, fresh(received.report)).words["what_happened"]
        == "He goes to the other school."
    )
    handoff = handoffs.hand_to_desk(
        actor=cast.rosa_elsewhere, report=fresh(received.report), to_desk=cast.school_a, reason="He is back."
    )
    handoffs.take_over(actor=cast.ben, handoff=handoff)
    desk.look(actor=cast.ben, report=fresh(received.report))


def test_the_key_that_lay_ready_for_a_receiver_goes_with_the_offer(valley: Valley) -> None:
    report = valley.taken()
    offer(valley, report, valley.cast.school_elsewhere)
    handoffs.take_back(actor=valley.cast.rosa, report=fresh(report))
    assert set(recipients_of(report.record)) == {
        f"desk:{valley.cast.school_a.pk}",
        f"desk:{valley.cast.district.pk}",
        "receipt",
    }
    desk.look(actor=valley.cast.rosa, report=fresh(report))


def test_while_a_legal_hold_stands_a_hand_over_takes_nobodys_key(valley: Valley) -> None:
    report = valley.taken()
    desk.set_hold(actor=valley.cast.ivy, report=report, on=True)
    handoffs.take_over(actor=valley.cast.lena, handoff=offer(valley, report, valley.cast.school_b))
    assert f"desk:{valley.cast.school_a.pk}" in recipients_of(report.record)
    with pytest.raises(NotAllowed):
        desk.look(actor=valley.cast.rosa, report=fresh(report))


def test_until_it_is_taken_it_stays_the_givers_duty_and_rings_at_the_receiver(valley: Valley) -> None:
    report = valley.taken(danger_now="yes")
    offer(valley, report, valley.cast.school_b)
    assert set(valley.duties(report)) == {"reply", "decide", "take_over"}
    for minutes in (0, 5, 10, 15):
        valley.pass_time(minutes=minutes)
        valley.ring()
    told = [names for _minute, _audience, names in valley.steps(report, "reporting.take_over")]
    assert told[0] == ["Lena Fox"]
    assert ["Nia Ward"] in told
    handoffs.take_over(actor=valley.cast.lena, handoff=Handoff.objects.get())
    duties = valley.duties(report)
    assert set(duties) == {"reply", "decide"}
    assert {(duty.holder, duty.organization) for duty in duties.values()} == {
        (valley.cast.lena, valley.cast.school_b)
    }


def test_an_unread_report_that_is_taken_over_is_being_read(valley: Valley) -> None:
    report = valley.report()
    handoffs.take_over(actor=valley.cast.lena, handoff=offer(valley, report, valley.cast.school_b))
    now = fresh(report)
    assert (now.state, now.acknowledged_by, now.holder) == (
        Report.State.READING,
        valley.cast.lena,
        valley.cast.lena,
    )


def test_a_decided_report_that_is_taken_over_after_an_interim_decision_still_owes_the_final_one(
    valley: Valley,
) -> None:
    report = valley.taken(danger_now="yes")
    decisions.decide(
        actor=valley.cast.ben,
        report=report,
        actions=["counseling"],
        validity="plausible",
        considered="Looked.",
        interim=True,
    )
    handoffs.take_over(actor=valley.cast.lena, handoff=offer(valley, fresh(report), valley.cast.school_b))
    assert valley.duties(report)["decide"].holder == valley.cast.lena


def test_what_waits_for_a_second_reader_waits_at_the_new_desk(valley: Valley) -> None:
    report = valley.taken(danger_now="yes")
    asked = decisions.ask_to_lower(actor=valley.cast.rosa, report=report, urgency="U2", reason="A toy.")
    assert isinstance(asked, Approval)
    handoffs.take_over(actor=valley.cast.lena, handoff=offer(valley, fresh(report), valley.cast.school_b))
    assert valley.duties(report)["second_reader"].organization == valley.cast.school_b
    with pytest.raises(decisions.SecondReaderNeeded):
        decisions.answer_approval(
            actor=valley.cast.ben, approval=asked, agree=True, answer="I read it before."
        )


def test_a_hand_over_to_another_district_works_and_the_first_district_loses_sight_of_it(
    valley: Valley,
) -> None:
    cast = valley.cast
    report = valley.taken()
    handoff = offer(valley, report, cast.school_elsewhere)
    with scope(district=[cast.district_elsewhere.pk]):
        found = Handoff.objects.get(pk=handoff.pk)
        with pytest.raises(Report.DoesNotExist):
            fresh(report)
        handoffs.take_over(actor=cast.rosa_elsewhere, handoff=found)
        taken = fresh(report)
        assert (taken.district, taken.desk) == (cast.district_elsewhere, cast.school_elsewhere)
        desk.look(actor=cast.ben_elsewhere, report=taken)
        with pytest.raises(NotAllowed):
            desk.look(actor=cast.nia, report=taken)
    assert not Report.objects.filter(pk=report.pk).exists()


def test_an_offer_can_be_taken_back_and_then_nobody_can_take_it(valley: Valley) -> None:
    report = valley.taken()
    handoff = offer(valley, report, valley.cast.school_b)
    with pytest.raises(NotAllowed):
        handoffs.take_back(actor=valley.cast.lena, report=fresh(report))
    handoffs.take_back(actor=valley.cast.rosa, report=fresh(report))
    assert set(valley.duties(report)) == {"reply", "decide"}
    with pytest.raises(handoffs.OfferGone):
        handoffs.take_over(actor=valley.cast.lena, handoff=handoff)
    offer(valley, fresh(report), valley.cast.district)


def test_closing_withdraws_an_open_offer_and_a_closed_report_is_not_offered(valley: Valley) -> None:
    report = valley.taken()
    offer(valley, report, valley.cast.school_b)
    decisions.decide(
        actor=valley.cast.rosa,
        report=fresh(report),
        actions=["counseling"],
        validity="plausible",
        considered="Talked.",
    )
    decisions.close(actor=valley.cast.rosa, report=fresh(report))
    with scopes_disabled():
        assert not Handoff.objects.exists()
    assert fresh(report).handoff_to is None
    with pytest.raises(NotADesk):
        offer(valley, fresh(report), valley.cast.school_b)


def test_whoever_a_report_is_about_cannot_take_it_over(valley: Valley) -> None:
    report = conflicts.set_conflict(actor=valley.cast.nia, report=valley.report(), about=valley.cast.lena)
    handoff = offer(valley, fresh(report), valley.cast.school_b, by=valley.cast.nia)
    with pytest.raises(NotAllowed):
        handoffs.take_over(actor=valley.cast.lena, handoff=handoff)


def test_a_conflict_withdraws_an_open_offer(valley: Valley) -> None:
    report = valley.taken()
    offer(valley, report, valley.cast.school_b)
    conflicts.set_conflict(actor=valley.cast.rosa, report=fresh(report), about=valley.cast.paul)
    assert fresh(report).handoff_to is None
    assert set(valley.duties(report)) == {"acknowledge"}


def test_a_report_about_the_district_is_handed_to_another_district_or_nowhere(
    valley: Valley, both_districts: None
) -> None:
    cast = valley.cast
    plan_actions.set_alternate(actor=None, organization=cast.district, person=cast.ivy)
    report = valley.report("About the superintendent.", at=cast.district, about_staff=True)
    desk.acknowledge(actor=cast.ivy, report=report)
    with pytest.raises(NotADesk):
        offer(valley, fresh(report), cast.school_b, by=cast.ivy)
    handoff = offer(valley, fresh(report), cast.district_elsewhere, by=cast.ivy)
    handoffs.take_over(actor=cast.nia_elsewhere, handoff=handoff)
    desk.look(actor=cast.ivy_elsewhere, report=fresh(report))
    with pytest.raises(NotAllowed):
        desk.look(actor=cast.nia, report=fresh(report))
    for back in (cast.district, cast.school_a):  # where nobody but the alternate was to read it
        with pytest.raises(NotADesk):
            offer(valley, fresh(report), back, by=cast.nia_elsewhere)


def test_a_pattern_that_nobody_of_the_district_has_seen_is_not_handed_away(valley: Valley) -> None:
    one, two = valley.taken(), valley.taken()
    subject = subjects.name_subject(actor=valley.cast.rosa, report=one, name="Sam Doe").subject
    subjects.match_subject(
        actor=valley.cast.rosa, report=two, subject=subject, same=True, compared=["name", "grade"]
    )
    handoffs.take_over(actor=valley.cast.lena, handoff=offer(valley, fresh(two), valley.cast.school_b))
    assert valley.duties(two)["pattern"].organization == valley.cast.district


def test_the_receiver_whom_the_report_is_about_does_not_learn_of_the_offer(valley: Valley) -> None:
    report = valley.taken()
    conflicts.set_conflict(actor=valley.cast.rosa, report=fresh(report), about=valley.cast.paul)
    made = handoffs.hand_to_desk(
        actor=valley.cast.nia, report=fresh(report), to_desk=valley.cast.school_b, reason="Their pupil."
    )
    assert offer_for(valley.cast.paul, made.uuid) is None
    assert offer_for(valley.cast.lena, made.uuid) is not None
