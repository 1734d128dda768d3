"""Settings that are each allowed and together unsafe are told at every start."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import registry
from pytest_django import Settings

from security_center.project import checks


@pytest.fixture(autouse=True)
def safe(settings: Settings) -> None:
    """A start that nothing is wrong with; each test spoils one thing."""
    settings.SSC_DEMO = False
    settings.SSC_BIND = "127.0.0.1"
    settings.DATABASE_URL = settings.SSC_PUBLIC_DATABASE_URL = ""
    settings.SSC_EMAIL_CONFIGURED = True
    settings.SSC_SIGNED_HEADS_DIR = settings.SSC_FILES_DIR = ""
    settings.ALLOWED_HOSTS = ["localhost"]


def found() -> set[str | None]:
    every: list[Any] = [
        checks.sqlite_with_several_processes,
        checks.open_network_without_tls,
        checks.messages_that_reach_nobody,
        checks.demo_that_others_can_reach,
        checks.hosts_of_any_name,
        checks.signed_heads_beside_the_data,
        checks.public_program_as_the_owner,
        checks.data_that_others_can_read,
        checks.data_that_is_served,
        checks.pages_that_tell_too_much,
        checks.files_that_are_not_sealed,
        checks.machines_that_share_too_little,
    ]
    return {message.id for check in every for message in check()}


def test_every_check_is_among_those_that_a_start_runs() -> None:
    registered = {
        check.__name__ for check in registry.registry.get_checks() if check.__module__ == checks.__name__
    }
    assert registered == {
        name
        for name, value in vars(checks).items()
        if getattr(value, "tags", None) is not None and callable(value)
    }
    assert len(registered) == 14


def test_a_safe_start_is_told_nothing() -> None:
    assert found() == set()


@pytest.mark.parametrize("setting", ["SSC_WEB_PROCESSES", "SSC_WORKER_PROCESSES"])
def test_old_sqlite_with_several_processes_is_told(
    settings: Settings, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    setattr(settings, setting, 2)
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))
    assert found() == {"project.W001"}
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    assert found() == set()


def test_an_open_network_without_tls_is_told(settings: Settings) -> None:
    settings.SSC_BIND = "0.0.0.0"
    assert found() == {"project.W002"}
    settings.SSC_PUBLIC_URL = "https://report.example.org"
    assert found() == {"project.W002"}
    settings.SSC_STAFF_URL = "https://staff.example.org"
    assert found() == set()


def test_trusting_a_proxys_word_from_the_open_network_is_told(settings: Settings) -> None:
    settings.SSC_BIND = "192.0.2.4"
    settings.SSC_PUBLIC_URL = settings.SSC_STAFF_URL = "https://school.example.org"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert found() == {"project.W003"}


def test_alerts_that_reach_nobody_are_told(settings: Settings) -> None:
    settings.SSC_EMAIL_CONFIGURED = False
    assert found() == {"project.W004"}


def test_a_demo_on_the_network_or_on_real_data_is_stopped(settings: Settings) -> None:
    settings.SSC_DEMO = True
    settings.SSC_BIND = "0.0.0.0"
    settings.DATABASE_URL = "postgresql://localhost/center"
    assert found() == {"project.E001", "project.E002"}


def test_a_host_of_any_name_is_stopped(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert found() == {"project.E003"}


def test_signed_heads_that_lie_beside_the_ledger_are_told(settings: Settings) -> None:
    settings.SSC_SIGNED_HEADS_DIR = str(settings.SSC_DATA / "heads")
    assert found() == {"project.W005"}


def test_a_public_program_that_may_do_everything_in_the_database_is_told(settings: Settings) -> None:
    settings.DATABASE_URL = "postgresql://owner@localhost/center"
    assert found() == {"project.W006"}
    settings.SSC_PUBLIC_DATABASE_URL = "postgresql://ssc_public@localhost/center"
    assert found() == set()


def test_f14_data_that_every_user_of_the_machine_can_read_is_an_error(
    settings: Settings, tmp_path: Path
) -> None:
    settings.SSC_DATA = tmp_path / "data"
    settings.SSC_DATA.mkdir(mode=0o755)
    settings.SSC_DATA.chmod(0o755)
    open_way = not any(not folder.stat().st_mode & 0o001 for folder in settings.SSC_DATA.parents)
    assert (found() == {"project.E004"}) is open_way
    settings.SSC_DATA.chmod(0o700)
    assert found() == set()


def test_f14_no_served_folder_holds_keys_files_or_the_database(settings: Settings) -> None:
    settings.STATIC_ROOT = settings.SSC_DATA
    assert found() == {"project.E005"}
    settings.STATIC_ROOT = settings.SSC_DATA / "files" / "static"
    assert found() == {"project.E005"}
    settings.STATIC_ROOT, settings.MEDIA_ROOT = settings.SSC_DATA / "static", str(settings.SSC_DATA / "files")
    assert found() == {"project.E005"}


def test_f14_debug_on_real_data_and_a_storage_that_seals_nothing_are_errors(settings: Settings) -> None:
    settings.DEBUG = True
    assert found() == {"project.E006"}
    settings.DEBUG = False
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    }
    assert found() == {"project.E007"}


def test_machines_that_share_files_and_no_secret_are_told(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SSC_FILES_DIR = str(tmp_path)
    settings.DATABASE_URL = "postgresql://ssc@localhost/ssc"
    settings.SSC_PUBLIC_DATABASE_URL = "postgresql://ssc_public@localhost/ssc"
    settings.SSC_PROGRAM = "manage"
    for name in ("SSC_SIGNING_SECRET", "SSC_SESSION_SECRET"):
        monkeypatch.delenv(name, raising=False)
    assert found() == {"project.W007"}
    for name in ("SSC_SIGNING_SECRET", "SSC_SESSION_SECRET_FILE"):
        monkeypatch.setenv(name, "given")
    assert found() == set()
