"""What a monitoring system reads: numbers of the whole installation, only with the token, and nothing that
says who, where or what."""

from __future__ import annotations

import json
import math
import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from tests.cast import Cast

from security_center.center.queries import condition
from security_center.foundation.clock import clock_at, now
from security_center.foundation.duties import heartbeat
from security_center.foundation.duties.actions import raise_duty
from security_center.foundation.duties.machine import Rung
from security_center.foundation.ledger import queries as ledger
from security_center.foundation.ledger.actions import sign_head
from security_center.foundation.notifications.actions import send_test_alert
from security_center.foundation.notifications.models import Delivery
from security_center.foundation.web import health

pytestmark = pytest.mark.django_db

TOKEN = "a-token-for-tests-only"
ALERTS = Path(__file__).parents[2] / "docs" / "monitoring" / "alerts.yml"


def scraped(**headers: str) -> dict[str, float]:
    answer: Any = Client().get("/metrics", headers=headers or {"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {
        sample.name + "".join(sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.fixture
def watched(staff_program: Any, cast: Cast) -> Cast:
    staff_program.SSC_METRICS_TOKEN = TOKEN
    return cast


def test_without_a_token_set_there_is_no_such_page(staff_program: Any, cast: Cast) -> None:
    assert Client().get("/metrics").status_code == 404
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer ñ"]
)
def test_a_stranger_without_the_token_reads_no_number(watched: Cast, given: str) -> None:
    answer = Client().get("/metrics", headers={"Authorization": given})
    assert answer.status_code == 401
    assert b"ssc_" not in answer.content


def test_a_signed_in_person_reads_it_no_more_than_a_stranger(watched: Cast, signed_in: Any) -> None:
    assert signed_in(watched.ada).get("/metrics").status_code == 401


def test_the_numbers_are_those_of_the_house(watched: Cast, settings: Any) -> None:
    heartbeat.beat()
    Path(settings.SSC_DATA, "backup-stamp.json").write_text(
        json.dumps({"at": (now() - timedelta(hours=3)).isoformat()}), encoding="ascii"
    )
    sign_head()
    raise_duty(
        actor=watched.ada,
        kind="duties.general",
        thing="place:maple",
        organization=watched.district,
        due_at=now() - timedelta(minutes=10),
        ladder=[Rung(now() - timedelta(minutes=8), "nobody")],
        urgency="U1",
    )
    found = scraped()
    assert found["ssc_worker_last_heard_seconds"] < 60
    assert found["ssc_duties_lateU1"] == 1
    assert 8 * 60 <= found["ssc_alerts_behind_seconds"] < 9 * 60
    assert 3 * 3600 <= found["ssc_backup_age_seconds"] < 3 * 3600 + 60
    assert found["ssc_ledger_unsigned_entries"] == 1
    assert found["ssc_disk_free_bytes"] > 0
    assert math.isnan(found["ssc_ledger_outside_copy_age_seconds"])


def test_no_name_address_or_school_stands_among_the_numbers(watched: Cast) -> None:
    send_test_alert(actor=watched.rosa, person=watched.rosa)
    text = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    words = {
        *re.findall(
            r"\w{4,}",
            f"{watched.rosa.name} {watched.district.name} {watched.school_a.name} {watched.school_a.slug}",
        ),
        "@",
    }
    assert [
        word
        for word in words
        if word in text and word.lower() not in {"high", "school", "district", "valley"}
    ] == []
    assert {name for line in text.splitlines() for name in re.findall(r'(\w+)="', line)} <= {"urgency"}


def test_each_sample_alert_asks_for_numbers_that_there_are(watched: Cast) -> None:
    known = {gauge.name for gauge in condition.gauges()}
    rules = [
        rule
        for group in yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
    ]
    asked = {name for rule in rules for name in re.findall(r"\bssc_\w+", rule["expr"])}
    assert len(rules) > 8
    assert asked <= known
    assert all(
        rule["annotations"]["summary"] and rule["labels"]["severity"] in {"page", "ticket"} for rule in rules
    )


def test_alerts_that_are_late_make_the_staff_side_unready(watched: Cast) -> None:
    raise_duty(
        actor=watched.ada,
        kind="duties.general",
        thing="place:maple",
        organization=watched.district,
        due_at=now(),
        ladder=[Rung(now(), "nobody")],
    )
    assert condition.alerts_on_time() == ""
    with clock_at(now() + timedelta(minutes=20)):
        assert "20 minutes late" in health.results("staff")["alerts"]


def test_mail_that_no_longer_leaves_is_told_and_one_bad_mailbox_is_not(watched: Cast, settings: Any) -> None:
    settings.SSC_EMAIL_CONFIGURED = True
    send_test_alert(actor=watched.rosa, person=watched.rosa)
    send_test_alert(actor=watched.ben, person=watched.ben)
    with clock_at(now() + timedelta(minutes=20)):
        assert "2 wait" in condition.mail_leaves()
        first = Delivery.objects.order_by("pk").first()
        assert first is not None
        Delivery.objects.filter(pk=first.pk).update(state=Delivery.State.SENT, sent_at=now())
        assert condition.mail_leaves() == ""


def test_an_old_backup_is_told_and_a_new_installation_is_not(watched: Cast, settings: Any) -> None:
    stamp = Path(settings.SSC_DATA, "backup-stamp.json")
    stamp.unlink(missing_ok=True)
    began = ledger.first_at()
    assert began is not None
    with clock_at(began + timedelta(days=1)):
        assert condition.backup_is_fresh() == ""
    with clock_at(began + timedelta(days=3)):
        assert "no backup" in condition.backup_is_fresh()
        stamp.write_text(json.dumps({"at": now().isoformat()}), encoding="ascii")
        assert condition.backup_is_fresh() == ""


@pytest.mark.parametrize("program", ["public", "staff"])
def test_a_full_disk_makes_both_sides_unready(
    watched: Cast, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.disk_usage
    assert health.results(program)["disk"] == ""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: real(path)._replace(free=1_000_000))
    assert "disk is full" in health.results(program)["disk"]
