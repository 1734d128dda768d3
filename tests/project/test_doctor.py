"""`./ssc doctor` names what is unsafe or missing and how to mend it, and says nothing where all is well."""

from __future__ import annotations

import io
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command
from tests.cast import Cast

from security_center.center.backup.kit import default_place
from security_center.foundation.duties import heartbeat
from security_center.project import doctor

pytestmark = pytest.mark.django_db


class Listener:
    """A real mail listener that takes everything."""


@pytest.fixture
def mail_server() -> Iterator[Controller]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Listener(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield controller
    finally:
        controller.stop()


def mail_options(settings: Any, port: int, **more: Any) -> None:
    settings.SSC_EMAIL_CONFIGURED = True
    options = {"host": "127.0.0.1", "port": port, "use_tls": False, "username": "", "password": "", **more}
    settings.MAILERS = {
        "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    }


def said(look: doctor.Look) -> list[str]:
    return [finding.sentence for finding in look()]


def test_a_worker_that_is_not_heard_is_broken_and_the_command_that_starts_it_is_named(cast: Cast) -> None:
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", stdout=out)
    text = out.getvalue()
    assert "BROKEN  programs: The worker has not been heard" in text
    assert "mend: ./ssc up --data" in text


def test_data_that_is_up_to_date_is_no_finding(cast: Cast) -> None:
    assert said(doctor.data_is_up_to_date) == []
    heartbeat.beat()
    assert not [one for one in doctor.programs_are_ready() if "worker" in one.sentence]


def test_a_key_that_others_can_read_and_a_kit_beside_the_data_are_named(cast: Cast, settings: Any) -> None:
    key = Path(settings.SSC_DATA) / "keys" / "vault.key"
    mode = key.stat().st_mode
    kit = default_place()
    try:
        key.chmod(0o644)
        kit.write_text("kit", encoding="ascii")
        assert len(said(doctor.key_is_kept_well)) == 2
    finally:
        key.chmod(mode & 0o777)
        kit.unlink()
    assert said(doctor.key_is_kept_well) == []


def test_a_mail_server_that_answers_is_well_and_one_that_does_not_is_named(
    settings: Any, mail_server: Controller
) -> None:
    mail_options(settings, mail_server.port)
    assert said(doctor.mail_server_answers) == []
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        mail_options(settings, closed.getsockname()[1])
        assert "does not answer" in said(doctor.mail_server_answers)[0]


def test_a_mail_server_without_starttls_and_one_that_asks_for_it_name_the_setting(
    settings: Any, mail_server: Controller
) -> None:
    mail_options(settings, mail_server.port, use_tls=True)
    [finding] = doctor.mail_server_answers()
    assert "SSC_EMAIL_TLS=no" in finding.mend
    mail_options(settings, mail_server.port, username="ssc", password="secret")
    [finding] = doctor.mail_server_answers()
    assert "SSC_EMAIL_TLS=yes" in finding.mend


def test_a_mail_server_that_refuses_the_name_is_told_apart(settings: Any, mail_server: Controller) -> None:
    mail_options(settings, mail_server.port, username="ssc", password="wrong")
    [finding] = doctor.mail_server_answers()
    assert finding.grave


def test_signatures_kept_nowhere_else_could_be_better_and_a_folder_that_is_gone_is_broken(
    settings: Any, tmp_path: Path
) -> None:
    settings.SSC_SIGNED_HEADS_DIR = ""
    assert [one.grave for one in doctor.heads_are_kept_elsewhere()] == [False]
    settings.SSC_SIGNED_HEADS_DIR = str(tmp_path / "gone")
    assert [one.grave for one in doctor.heads_are_kept_elsewhere()] == [True]
    settings.SSC_SIGNED_HEADS_DIR = str(tmp_path)
    assert said(doctor.heads_are_kept_elsewhere) == []


def test_a_look_that_breaks_is_a_finding_and_the_others_go_on(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Iterator[doctor.Finding]:
        raise OSError("MARKER")
        yield

    monkeypatch.setattr(doctor, "LOOKS", {"first": broken, "second": doctor.data_is_up_to_date})
    found = doctor.look()
    assert "MARKER" not in str(found)
    assert [one.grave for one in found["first"]] == [True]
    assert found["second"] == []


def test_a_backup_that_was_never_made_is_named_from_the_first_hour_on(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SSC_DEMO = False
    monkeypatch.setattr(doctor, "last_backup", lambda: None)
    assert said(doctor.backups_are_made) == [
        "There is no backup of this data folder yet: if this machine breaks, every report is lost."
    ]


def test_files_of_another_owner_and_an_embedded_database_beside_postgresql_are_named(
    tmp_path: Path, settings: Any
) -> None:
    settings.SSC_DATA, settings.DATABASE_URL = tmp_path, ""
    (tmp_path / "signing-secret").write_text("x", encoding="ascii")
    assert said(doctor.files_are_the_owners) == []
    (tmp_path / "center.sqlite3").touch()
    settings.DATABASE_URL = "postgresql://localhost/ssc"
    assert "beside the one that DATABASE_URL names" in said(doctor.files_are_the_owners)[0]
    if os.geteuid() == 0:
        os.chown(tmp_path / "signing-secret", 65534, -1)
        assert "signing-secret" in said(doctor.files_are_the_owners)[0]
