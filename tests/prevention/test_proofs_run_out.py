"""A proof that alerts arrive counts for 120 days. Seen before: forms shut by themselves on day 121 without a
word, one unproved reader beside proved ones shut a form at once, and after proofs on the screen no button
asked for new ones."""

from __future__ import annotations

from typing import Any

import pytest
from tests.prevention.test_plan import prove
from tests.reporting.acts import Valley, every_hour, valley

from security_center.center import actions as center
from security_center.center.queries import alert_proofs
from security_center.center.queries.broken import broken_for
from security_center.foundation.duties import queue
from security_center.foundation.notifications.models import Delivery, Message, TestAlert
from security_center.foundation.organizations.models import Organization, Person
from security_center.prevention import actions, queries, tasks

__all__ = ["valley"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def proved(valley: Valley, settings: Any) -> Valley:
    """Rosa reads at every hour, and everybody in a calendar has proved their alerts today."""
    settings.SSC_DEMO = False
    for person in queries.people_in_calendars(Organization.objects.all()):
        prove(person)
    return valley


def asked_of(person: Person) -> int:
    return TestAlert.objects.filter(person=person, confirmed_at__isnull=True).count()


def test_from_day_100_on_readers_and_administrators_are_reminded_each_week_until_they_prove_it_again(
    proved: Valley,
) -> None:
    cast = proved.cast
    proved.pass_time(days=99)
    assert tasks.remind_of_proofs() == 0
    proved.pass_time(days=2)
    assert tasks.remind_of_proofs() > 0
    assert asked_of(cast.rosa) == 1
    assert (
        Message.objects.get(person=cast.ada, kind="prevention.proof_runs_out").path
        == f"/set-up/{cast.district.slug}/alerts/"
    )
    proved.pass_time(days=1)
    assert tasks.remind_of_proofs() == 0
    proved.pass_time(days=7)
    prove(cast.ben)
    tasks.remind_of_proofs()
    assert (asked_of(cast.rosa), asked_of(cast.ben)) == (2, 1)


def test_an_unproved_reader_beside_proved_ones_closes_no_form_and_gets_a_test_alert(proved: Valley) -> None:
    cast = proved.cast
    actions.set_coverage(actor=None, organization=proved.school, rows=every_hour(cast.rosa, cast.dana))
    state = queries.form_state(proved.school)
    assert (state.open, state.readers_without_confirmed_alert) == (True, [cast.dana])
    tasks.remind_of_proofs()
    assert asked_of(cast.dana) == 1


def test_after_proofs_on_the_screen_a_mail_server_makes_the_button_ask_again(
    proved: Valley, settings: Any
) -> None:
    TestAlert.objects.update(channel=Delivery.SCREEN)
    assert proved.cast.rosa not in alert_proofs.alert_people(proved.cast.district).waiting
    settings.SSC_EMAIL_CONFIGURED = True
    assert proved.cast.rosa in alert_proofs.alert_people(proved.cast.district).waiting
    proved.pass_time(days=1)
    center.send_test_alerts(actor=proved.cast.ada, district=proved.cast.district)
    assert asked_of(proved.cast.rosa) == 1


@pytest.mark.parametrize(
    ("code", "title"),
    [("SSLCertVerificationError", "Mail server: its certificate is not valid"), ("smtp_451", "")],
)
def test_a_certificate_that_is_not_valid_stands_on_the_administrators_first_page(
    valley: Valley, settings: Any, code: str, title: str
) -> None:
    settings.SSC_EMAIL_CONFIGURED = True
    valley.report("He has a gun in his bag right now.", danger_now="yes")
    valley.ring()
    Delivery.objects.update(state=Delivery.State.FAILED, last_error_code=code)
    assert [one.title for one in broken_for(valley.cast.ada) if one.key == "mail_server"] == (
        [title] if title else []
    )


def test_a_mail_is_tried_for_a_day() -> None:
    waits = [
        queue.backoff(attempt).total_seconds() for attempt in range(1, next(iter(queue.PATIENT.values())))
    ]
    assert sum(waits) >= 24 * 3600


def test_the_form_opens_with_the_proof_that_it_waited_for_and_not_a_minute_later(
    valley: Valley, settings: Any
) -> None:
    """The last step of the set-up said "Every form is open" while the address still said that no reports are
    taken."""
    settings.SSC_DEMO = False
    tasks.publish_forms()
    assert not queries.published_form(valley.school).open  # type: ignore[union-attr]
    for person in queries.people_in_calendars(Organization.objects.all()):
        prove(person)
    assert queries.published_form(valley.school).open  # type: ignore[union-attr]
