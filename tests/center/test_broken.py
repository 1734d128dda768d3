"""What is broken for the people who use this: it stands on the administrator's first page, leads to where it
is mended, and then vanishes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve
from tests.cast import Cast

from security_center.center import actions
from security_center.center.queries.broken import broken_for
from security_center.foundation.clock import clock_at, now
from security_center.foundation.duties import heartbeat
from security_center.foundation.duties.models import PeriodicRun
from security_center.foundation.ledger.actions import sign_head
from security_center.foundation.notifications.actions import confirm_test_alert, send_test_alert
from security_center.foundation.notifications.models import Delivery
from security_center.foundation.notifications.tokens import token_of
from security_center.foundation.organizations import actions as organizations
from security_center.foundation.organizations.models import Organization, Person
from security_center.foundation.vault import provider
from security_center.prevention import actions as prevention

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]


def keys(person: Person) -> set[str]:
    return {one.key for one in broken_for(Person.objects.get(pk=person.pk))}


@pytest.fixture
def well(cast: Cast, settings: Any, tmp_path: Path) -> Cast:
    """Maple Valley with nothing broken."""
    settings.SSC_EMAIL_CONFIGURED = True
    settings.SSC_SIGNED_HEADS_DIR = str(tmp_path)
    stamp = Path(settings.SSC_DATA) / "backup-stamp.json"
    stamp.write_text(json.dumps({"at": now().isoformat()}), encoding="ascii")
    heartbeat.beat()
    prevention.adopt_plan(actor=cast.ada, organization=cast.district)
    actions.fill_calendars(actor=cast.ada, district=cast.district, preset="around_the_clock")
    prevention.set_alternate(actor=cast.ada, organization=cast.district, person=cast.nia)
    for person in (cast.rosa, cast.ben, cast.tess, cast.dana, cast.lena, cast.paul, cast.nia, cast.ivy):
        confirm_test_alert(token=token_of(send_test_alert(actor=person, person=person)))
    Delivery.objects.update(state=Delivery.State.SENT)
    actions.open_forms(actor=cast.ada, district=cast.district)
    sign_head()
    return cast


def test_only_administrators_are_told(cast: Cast) -> None:
    for name, person in cast.insiders.items():
        if name != "ada":
            assert broken_for(person) == [], name


def test_nothing_of_another_district_is_named(cast: Cast) -> None:
    assert not [key for key in keys(cast.ada) if "cedar" in key or "spruce" in key]


def test_where_all_is_well_nothing_is_broken(well: Cast) -> None:
    assert keys(well.ada) == set()


def test_each_error_leads_to_a_page(cast: Cast, signed_in: SignIn) -> None:
    ada = signed_in(cast.ada)
    found = broken_for(cast.ada)
    assert len(found) > 5
    for one in found:
        path = one.url.partition("?")[0]
        assert resolve(path, urlconf="security_center.project.urls_staff")
        assert ada.get(one.url).status_code == 200, one.url


def test_the_gravest_come_first(cast: Cast) -> None:
    grave = [one.grave for one in broken_for(cast.ada)]
    assert grave == sorted(grave, reverse=True)


def test_a_dead_worker(well: Cast) -> None:
    with clock_at(now() + timedelta(minutes=3)):
        assert "worker" in keys(well.ada)
        heartbeat.beat()
        assert "worker" not in keys(well.ada)


def test_a_backup_older_than_a_day(well: Cast, settings: Any) -> None:
    stamp = Path(settings.SSC_DATA) / "backup-stamp.json"
    stamp.write_text(json.dumps({"at": (now() - timedelta(hours=25)).isoformat()}), encoding="ascii")
    assert "backup" in keys(well.ada)
    stamp.write_text(json.dumps({"at": now().isoformat()}), encoding="ascii")
    assert "backup" not in keys(well.ada)
    stamp.write_text("no stamp", encoding="ascii")
    assert "backup" in keys(well.ada)


def test_a_missing_key_file(well: Cast) -> None:
    path = provider.key_path()
    away = path.with_suffix(".away")
    path.rename(away)
    try:
        assert "key" in keys(well.ada)
    finally:
        away.rename(path)
    assert "key" not in keys(well.ada)


def test_a_ledger_that_is_not_signed(well: Cast) -> None:
    later = now() + timedelta(minutes=30)
    with clock_at(later):
        organizations.change_organization(actor=well.ada, organization=well.school_a, city="Elsewhere")
    with clock_at(later + timedelta(minutes=11)):
        heartbeat.beat()
        assert "ledger" in keys(well.ada)
        sign_head()
        assert "ledger" not in keys(well.ada)


def test_without_a_copy_of_the_signatures_elsewhere_the_page_names_what_cannot_be_proved(
    well: Cast, settings: Any
) -> None:
    settings.SSC_SIGNED_HEADS_DIR = ""
    (found,) = [one for one in broken_for(well.ada) if one.key == "ledger_copy"]
    assert "cut off the end" in found.text
    assert "back to an earlier day" in found.text


def test_a_ledger_that_is_not_as_it_was_signed(well: Cast) -> None:
    PeriodicRun.objects.create(name="ledger.sign_head", due_at=now(), failures=1, last_error="LedgerBroken")
    (found,) = [one for one in broken_for(well.ada) if one.key == "ledger_changed"]
    assert found.grave


def test_no_mail_server(well: Cast, settings: Any) -> None:
    settings.SSC_EMAIL_CONFIGURED = False
    assert "mail" in keys(well.ada)
    settings.SSC_EMAIL_CONFIGURED = True
    assert "mail" not in keys(well.ada)


def test_mail_that_does_not_arrive_until_one_does(well: Cast) -> None:
    alert = send_test_alert(actor=well.rosa, person=well.rosa)
    Delivery.objects.filter(pk=alert.delivery_id).update(state=Delivery.State.GIVEN_UP)
    assert "undelivered" in keys(well.ada)
    again = send_test_alert(actor=well.rosa, person=well.rosa)
    Delivery.objects.filter(pk=again.delivery_id).update(state=Delivery.State.SENT)
    assert "undelivered" not in keys(well.ada)


def test_a_job_that_fails(well: Cast) -> None:
    PeriodicRun.objects.create(name="some.job", due_at=now(), failures=3)
    assert "jobs" in keys(well.ada)
    PeriodicRun.objects.update(failures=0)
    assert "jobs" not in keys(well.ada)


def test_hours_without_a_reader(well: Cast) -> None:
    slug = well.school_b.slug
    prevention.set_coverage(
        actor=well.ada, organization=well.school_b, rows=[prevention.ShiftRow(well.lena.pk, 0, 420, 1020)]
    )
    assert f"gap:{slug}" in keys(well.ada)
    actions.set_calendar(actor=well.ada, desk=well.school_b, preset="around_the_clock", people=[well.lena.pk])
    assert f"gap:{slug}" not in keys(well.ada)


def test_a_closed_form_and_why(well: Cast) -> None:
    key = f"closed:{well.school_b.slug}"
    prevention.set_coverage(actor=well.ada, organization=well.school_b, rows=[])
    (found,) = [one for one in broken_for(well.ada) if one.key == key]
    assert "The coverage calendar names no reader." in found.text
    assert found.url == f"/coverage/{well.school_b.slug}/"
    actions.set_calendar(actor=well.ada, desk=well.school_b, preset="around_the_clock", people=[well.lena.pk])
    assert key not in keys(well.ada)


def test_a_reader_without_a_confirmed_alert(well: Cast) -> None:
    actions.set_calendar(actor=well.ada, desk=well.school_a, preset="around_the_clock", people=[well.sam.pk])
    (found,) = [one for one in broken_for(well.ada) if one.key == f"closed:{well.school_a.slug}"]
    assert found.url == f"/set-up/{well.district.slug}/alerts/"
    confirm_test_alert(token=token_of(send_test_alert(actor=well.sam, person=well.sam)))
    actions.open_forms(actor=well.ada, district=well.district)
    assert f"closed:{well.school_a.slug}" not in keys(well.ada)


def test_a_district_without_an_alternate(cast: Cast) -> None:
    key = f"alternate:{cast.district.slug}"
    assert key in keys(cast.ada)
    prevention.set_alternate(actor=cast.ada, organization=cast.district, person=cast.nia)
    assert key not in keys(cast.ada)


def test_a_district_without_a_dispatch_number(well: Cast) -> None:
    key = f"dispatch:{well.district.slug}"
    Organization.objects.filter(pk=well.district.pk).update(dispatch_number="")
    assert key in keys(well.ada)
    organizations.change_organization(
        actor=well.ada, organization=Organization.objects.get(pk=well.district.pk), dispatch_number="555-0100"
    )
    assert key not in keys(well.ada)


def test_a_single_administrator(well: Cast) -> None:
    key = f"administrator:{well.district.slug}"
    assert key not in keys(well.ada), "The state's administrator is a second one."
    lone = Person.objects.get(pk=well.root.pk).role_assignments.get(role="administrator")
    lone.ends_at = now()
    lone.save()
    assert key in keys(well.ada)


@pytest.mark.parametrize("key", ["worker", "key", "backup", "ledger_copy", "mail", "jobs"])
def test_what_is_mended_at_the_machine_is_told_to_administrators_alone(
    cast: Cast, signed_in: SignIn, key: str
) -> None:
    assert signed_in(cast.ivy).get(f"/mend/{key}/").status_code == 403
    assert signed_in(cast.ada).get(f"/mend/{key}/").status_code == 200
    assert signed_in(cast.ada).get("/mend/nothing/").status_code == 404
