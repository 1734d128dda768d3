from typing import Any

import pytest
from django.test import Client

from security_center.foundation.web import health


@pytest.fixture
def only_these_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_checks", {})


def test_alive_asks_nothing_of_the_database(public_pages: Any) -> None:
    response = Client().get("/healthz")
    assert response.status_code == 200
    assert response.content == b"ok\n"


@pytest.mark.django_db
def test_ready_says_each_check(public_program: Any) -> None:
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"ready": True, "checks": {"database": "ok", "disk": "ok", "form": "ok"}}


def test_a_failed_check_is_503_with_its_sentence(public_pages: Any, only_these_checks: None) -> None:
    health.register("mail", lambda: "No mail leaves.")
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"ready": False, "checks": {"mail": "No mail leaves."}}


def test_a_check_that_breaks_counts_as_failed_and_repeats_nothing(
    public_pages: Any, only_these_checks: None
) -> None:
    def broken() -> str:
        raise RuntimeError("MARKER")

    health.register("broken", broken)
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert "MARKER" not in response.content.decode()


def test_a_check_runs_only_in_its_programs(only_these_checks: None) -> None:
    health.register("worker", lambda: "late", programs=("staff",))
    assert health.results("public") == {}
    assert health.results("staff") == {"worker": "late"}


@pytest.mark.django_db
def test_the_staff_side_is_not_ready_while_the_worker_is_silent(staff_pages: Any) -> None:
    checks = Client().get("/readyz").json()["checks"]
    assert "worker" in checks
    assert checks["worker"] != "ok"
