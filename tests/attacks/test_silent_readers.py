"""One administrator makes no reader in silence, whatever they did before: roles ended, calendars emptied,
addresses changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from tests.cast import Cast, everybody_has_been_in, fresh, give_totp, told

from security_center.center import actions as center
from security_center.foundation.clock import now
from security_center.foundation.duties.actions import advance_due_steps
from security_center.foundation.notifications.models import Delivery, Message
from security_center.foundation.notifications.tasks import deliver_by_email
from security_center.foundation.organizations import actions, policies, queries, readmission
from security_center.foundation.organizations.models import Organization, Person, Role, RoleAssignment
from security_center.prevention import actions as prevention
from security_center.prevention.models import CoverageShift

NEW, GONE, OWN = "center.new_reader", "center.reader_gone", "center.own_role_gone"


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """Everybody has been in, and the desks of one school and of the district work."""
    everybody_has_been_in(cast)
    center.set_calendar(
        actor=cast.ada, desk=cast.school_a, preset="around_the_clock", people=[cast.rosa.pk, cast.ben.pk]
    )
    center.set_calendar(
        actor=cast.ada, desk=cast.district, preset="around_the_clock", people=[cast.nia.pk, cast.ivy.pk]
    )
    return cast


def names(*people: Person) -> set[str]:
    return {person.name for person in people}


def puppet(cast: Cast, place: Organization, role: Role = Role.READER) -> Person:
    made = actions.add_person(
        actor=cast.ada, organization=place, name="Zed Quill", email="zed@maple.example", role=role
    )
    give_totp(made)
    return fresh(made)


def end_all(cast: Cast, *people: Person) -> None:
    for person in people:
        for assignment in policies.given(fresh(person)):
            actions.end_role(actor=cast.ada, assignment=assignment)


def everybody_who_reads(cast: Cast) -> list[Person]:
    return [cast.rosa, cast.ben, cast.dana, cast.sam, cast.tess, cast.nia, cast.ivy, cast.lena, cast.paul]


def test_an_emptied_calendar_does_not_make_a_new_reader_silent(cast: Cast) -> None:
    shifts = CoverageShift.objects.filter(organization=cast.school_a).values_list("pk", flat=True)
    prevention.remove_shifts(actor=cast.ada, organization=cast.school_a, ids=list(shifts))
    puppet(cast, cast.school_a)
    assert told(NEW) == names(cast.rosa, cast.ben, cast.dana, cast.sam, cast.tess)


def test_neither_does_a_calendar_that_names_only_who_never_looks(cast: Cast) -> None:
    center.set_calendar(actor=cast.ada, desk=cast.school_a, preset="around_the_clock", people=[cast.sam.pk])
    puppet(cast, cast.school_a)
    assert told(NEW) == names(cast.rosa, cast.ben, cast.dana, cast.sam, cast.tess)


def test_emptied_calendars_do_not_make_a_new_administrator_silent(cast: Cast) -> None:
    for desk in (cast.school_a, cast.district):
        prevention.remove_shifts(
            actor=cast.ada, organization=desk, ids=list(CoverageShift.objects.values_list("pk", flat=True))
        )
    puppet(cast, cast.district, Role.ADMINISTRATOR)
    assert told("center.new_administrator") == names(cast.root, cast.ivy, cast.omar)


def test_those_whose_roles_ended_just_before_hear_of_a_new_reader_of_the_district(cast: Cast) -> None:
    end_all(cast, *everybody_who_reads(cast))
    puppet(cast, cast.district, Role.DISTRICT_ON_CALL)
    assert told(NEW) == names(cast.nia, cast.ivy, cast.omar, cast.root)


def test_those_of_one_school_hear_of_it_and_those_above_where_none_of_them_is_left(cast: Cast) -> None:
    end_all(cast, cast.rosa, cast.ben, cast.dana, cast.sam, cast.tess)
    puppet(cast, cast.school_a)
    assert told(NEW) == names(
        cast.rosa, cast.ben, cast.dana, cast.sam, cast.tess, cast.ivy, cast.omar, cast.root
    )


def test_a_reader_who_waits_for_a_colleague_hears_of_a_new_one(cast: Cast) -> None:
    actions.reset_second_factor(actor=cast.ada, person=cast.rosa)
    puppet(cast, cast.school_a)
    assert cast.rosa.name in told(NEW)


def test_where_all_readers_left_those_who_lead_above_hear_of_a_new_one(cast: Cast) -> None:
    for person in everybody_who_reads(cast):
        actions.leave(actor=cast.ada, person=fresh(person))
    puppet(cast, cast.district, Role.DISTRICT_ON_CALL)
    assert told(NEW) == names(cast.omar, cast.root)


def test_after_a_month_without_readers_those_above_hear_of_the_first(cast: Cast) -> None:
    end_all(cast, cast.rosa, cast.ben, cast.dana, cast.sam, cast.tess)
    RoleAssignment.objects.filter(ends_at__isnull=False).update(ends_at=now() - timedelta(days=40))
    puppet(cast, cast.school_a)
    assert told(NEW) == names(cast.ivy, cast.omar, cast.root)


def test_a_role_given_at_the_district_is_told_where_only_a_school_has_a_calendar(cast: Cast) -> None:
    CoverageShift.objects.filter(organization=cast.district).delete()
    puppet(cast, cast.district, Role.DISTRICT_ON_CALL)
    assert told(NEW) == names(cast.nia, cast.ivy, cast.omar)


@pytest.mark.parametrize("way", ["end", "leave"])
def test_whoever_loses_a_role_that_reads_is_told_and_so_is_their_desk(cast: Cast, way: str) -> None:
    if way == "end":
        end_all(cast, cast.ben)
    else:
        actions.leave(actor=cast.ada, person=cast.ben)
    assert told(OWN) == names(cast.ben)
    assert told(GONE) == names(cast.rosa, cast.dana)


def test_an_access_session_at_an_emptied_desk_is_told_to_those_who_read_there_until_now(cast: Cast) -> None:
    end_all(cast, cast.rosa, cast.ben, cast.dana, cast.sam, cast.tess)
    actions.start_access_session(
        actor=cast.ada, organization=cast.school_a, reason="A reader cannot open a file since Monday."
    )
    assert told("center.access_session") == names(
        cast.rosa, cast.ben, cast.dana, cast.sam, cast.tess, cast.ivy, cast.omar, cast.root
    )


def test_no_clock_lets_in_whoever_was_set_anew_after_the_others_lost_their_roles(
    cast: Cast, signed_in: Callable[..., Client]
) -> None:
    end_all(cast, *[person for person in everybody_who_reads(cast) if person != cast.nia])
    with time_machine.travel(now(), tick=False) as traveller:
        actions.reset_second_factor(actor=cast.ada, person=cast.nia)
        traveller.shift(timedelta(seconds=1))
        advance_due_steps()
        assert told("center.colleague_waits") == names(
            cast.omar, cast.root, *[one for one in everybody_who_reads(cast) if one != cast.nia]
        )
        traveller.shift(timedelta(hours=30))
        actions.look_after_those_who_wait()
        assert fresh(cast.nia).waits_since is not None
        assert not readmission.may_let_in(cast.ada, fresh(cast.nia))
    page = f"/people/{cast.nia.pk}/let-in/"
    reader_of_before = signed_in(fresh(cast.rosa))
    assert cast.nia.name in reader_of_before.get(page).content.decode()
    assert reader_of_before.post(page).status_code == 302
    assert fresh(cast.nia).waits_since is None


def test_a_puppet_who_read_for_a_day_does_not_agree_afterwards(cast: Cast) -> None:
    made = puppet(cast, cast.school_a)
    end_all(cast, made, *[person for person in everybody_who_reads(cast) if person != cast.nia])
    actions.reset_second_factor(actor=cast.ada, person=cast.nia)
    assert not readmission.may_let_in(made, fresh(cast.nia))


def test_where_the_others_left_a_month_ago_the_clock_lets_the_last_one_in(cast: Cast) -> None:
    for person in [person for person in everybody_who_reads(cast) if person != cast.nia]:
        actions.leave(actor=cast.ada, person=fresh(person))
    with time_machine.travel(now() + timedelta(days=40), tick=False):
        actions.reset_second_factor(actor=cast.ada, person=cast.nia)
        assert fresh(cast.nia).waits_until is not None


def test_a_reader_of_a_school_that_is_new_in_a_working_district_is_told_to_those_above(cast: Cast) -> None:
    new = actions.create_organization(
        actor=cast.ada, kind="school", parent=cast.district, name="Maple High Schoo1", level="high"
    )
    puppet(cast, new, Role.PRINCIPAL)
    assert told(NEW) == names(cast.ivy, cast.omar, cast.root)


def test_a_new_superintendent_who_sees_the_list_of_reports_is_announced(cast: Cast) -> None:
    puppet(cast, cast.district, Role.SUPERINTENDENT)
    assert told(NEW) == names(cast.nia, cast.ivy, cast.omar)


def test_a_school_that_is_added_to_a_working_district_is_told_to_those_who_lead_there(cast: Cast) -> None:
    actions.create_organization(
        actor=cast.ada, kind="school", parent=cast.district, name="Maple High Schoo1", level="high"
    )
    assert told("center.school_added") == names(cast.ivy, cast.omar, cast.root)
    Message.objects.all().delete()
    actions.import_schools(
        actor=cast.ada, district=cast.district, text="name\nOak School\nElm School\nAsh School\n"
    )
    assert list(Message.objects.filter(person=cast.ivy).values_list("kind", "organization")) == [
        ("center.school_added", cast.district.pk)
    ]
    assert str(Message.objects.get(person=cast.ivy).line).startswith(
        "An administrator added a school: see Maple Valley"
    )


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"name": "Maple High School (before)"}, "center.place_changed"),
        ({"slug": "nobody-knows"}, "center.place_changed"),
        ({"dispatch_number": "555-0199"}, "center.place_changed"),
        ({"active": False}, "center.form_closed"),
    ],
)
def test_a_school_that_is_harder_to_find_is_told_to_those_who_read_there(
    cast: Cast, change: dict[str, object], kind: str
) -> None:
    actions.change_organization(actor=cast.ada, organization=cast.school_a, **change)
    assert told(kind) == names(
        cast.rosa, cast.ben, cast.dana, cast.sam, cast.tess, cast.ivy, cast.omar, cast.root
    )
    assert Message.objects.values("kind").distinct().count() == 1
    Message.objects.all().delete()
    actions.change_organization(actor=cast.ada, organization=cast.school_a, enrollment=7, active=True)
    assert not Message.objects.exists()


def test_while_a_district_is_set_up_nobody_hears_of_each_school(cast: Cast) -> None:
    actions.create_organization(
        actor=cast.ada_elsewhere, kind="school", parent=cast.district_elsewhere, name="Oak School"
    )
    actions.change_organization(
        actor=cast.ada_elsewhere, organization=cast.school_elsewhere, name="Cedar School", active=False
    )
    assert not Message.objects.exists()


@pytest.mark.parametrize("role", [Role.DISTRICT_ON_CALL, Role.ADMINISTRATOR])
def test_whoever_gets_a_role_at_the_state_is_told_to_those_who_lead_its_districts(
    cast: Cast, role: Role
) -> None:
    made = actions.add_person(
        actor=cast.root, organization=cast.state, name="Zed Quill", email="zed@maple.example", role=role
    )
    expected = names(
        cast.ada, cast.ivy, cast.omar, cast.ada_elsewhere, cast.ivy_elsewhere, cast.omar_elsewhere
    )
    assert told("center.new_administrator" if role == Role.ADMINISTRATOR else NEW) == expected
    assert made.name not in expected


def test_an_import_sends_each_one_message_however_many_desks_get_readers(cast: Cast) -> None:
    for place in (cast.school_a, cast.school_b):
        end_all(
            cast,
            *[
                person
                for person in everybody_who_reads(cast)
                if any(one.organization == place for one in policies.given(fresh(person)))
            ],
        )
    Message.objects.all().delete()
    rows = (
        "name,e-mail,role,school\nZed Quill,zed@maple.example,Reader,Maple High School\nYan "
        "Quill,yan@maple.example,Reader,Birch Middle School\n"
    )
    actions.import_people(actor=cast.ada, district=cast.district, text=rows)
    assert Message.objects.filter(kind=NEW, person=cast.ivy).count() == 1


def test_a_leader_whom_the_administrator_invented_does_not_agree(cast: Cast) -> None:
    made = puppet(cast, cast.district, Role.SUPERINTENDENT)
    end_all(cast, *[person for person in everybody_who_reads(cast) if person != cast.nia])
    actions.reset_second_factor(actor=cast.ada, person=cast.nia)
    assert not readmission.may_let_in(made, fresh(cast.nia))
    assert readmission.may_let_in(fresh(cast.omar), fresh(cast.nia))


def test_no_stranger_is_sent_the_word_about_an_address(cast: Cast) -> None:
    made = actions.add_person(
        actor=cast.ada,
        organization=cast.school_a,
        name="Zed Quill",
        email="zed@maple.example",
        role=Role.READER,
    )
    actions.change_person(actor=cast.ada, person=made, email="zed.quill@maple.example")
    assert not Message.objects.filter(kind="center.address_changed").exists()


def test_whoever_changes_their_own_address_is_told_at_the_one_of_before(cast: Cast) -> None:
    actions.change_person(actor=cast.ada, person=fresh(cast.ada), email="ada.new@maple.example")
    assert Delivery.objects.get(message__kind="center.address_changed").address == cast.ada.email


def test_an_unlocked_screen_gives_its_owner_no_other_address(
    cast: Cast, signed_in: Callable[..., Client]
) -> None:
    cast.ada.set_password("a fresh proof of Ada")
    cast.ada.save()
    client, page = signed_in(cast.ada), f"/people/{cast.ada.pk}/edit/"
    form = {"name": cast.ada.name, "email": "mine@thief.example", "language": "en"}
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        asked = [client.get(page), client.post(page, form)]
        assert fresh(cast.ada).email == cast.ada.email
        assert all(one.headers.get("Location", "").startswith("/account/reauthenticate/") for one in asked)
        assert (
            client.post(f"/people/{cast.rosa.pk}/edit/", {**form, "email": "rosa@maple.example"}).status_code
            == 302
        )
        assert fresh(cast.rosa).email == "rosa@maple.example"
        proved = client.post(
            f"/account/reauthenticate/?next={page}", {"password": "a fresh proof of Ada", "next": page}
        )
        assert proved.url == f"/people/{cast.ada.pk}/"
    assert fresh(cast.ada).email == form["email"]
    assert Delivery.objects.filter(message__kind="center.address_changed", address=cast.ada.email).exists()


def test_another_address_is_told_at_the_one_of_before(cast: Cast, settings: object) -> None:
    settings.SSC_EMAIL_CONFIGURED = True  # type: ignore[attr-defined]
    before = cast.omar.email
    actions.change_person(actor=cast.ada, person=fresh(cast.omar), email="mine@thief.example")
    [delivery] = Delivery.objects.filter(message__kind="center.address_changed")
    deliver_by_email.func(delivery.pk)
    [sent] = [one for one in mail.outbox if one.to == [before]]
    assert "another address" in sent.subject
    assert not [one for one in mail.outbox if one.to != [before]]


def test_nobody_takes_away_their_own_second_factor_from_the_page_of_people(
    cast: Cast, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(cast.ada)
    assert client.post(f"/people/{cast.ada.pk}/second-factor/reset/").status_code in {403, 404}
    assert queries.has_second_factor(fresh(cast.ada))
    assert "/second-factor/reset/" not in client.get(f"/people/{cast.ada.pk}/").content.decode()
    assert "/second-factor/reset/" in client.get(f"/people/{cast.rosa.pk}/").content.decode()


def test_whoever_is_told_of_a_new_reader_sees_on_the_page_it_leads_to_who_it_is(
    cast: Cast, signed_in: Callable[[Person], Client]
) -> None:
    page = f"/coverage/{cast.school_a.slug}/"
    assert "New here" not in signed_in(cast.rosa).get(page).content.decode(), "in a set-up everybody is new"
    with time_machine.travel(now() + timedelta(days=31)):
        puppet(cast, cast.school_a)
        assert Message.objects.get(person=cast.rosa, kind=NEW).path == page
        shown = signed_in(cast.rosa).get(page).content.decode()
    assert "New here" in shown
    assert "<li>Zed Quill: " in shown
