import secrets
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from security_center.foundation.vault import actions, checks, files, queries, selftest
from security_center.foundation.vault.errors import SealBroken
from security_center.foundation.vault.provider import (
    KeyFileMissing,
    VaultLocked,
    create_key_file,
    is_open,
    key_path,
    provider,
)
from security_center.foundation.web import health
from security_center.project import preparation


def test_the_first_start_makes_a_key_file_that_only_its_owner_reads(open_vault: Path) -> None:
    assert stat.S_IMODE(key_path().stat().st_mode) == 0o600
    assert stat.S_IMODE(key_path().parent.stat().st_mode) == 0o700
    assert [path.name for path in key_path().parent.iterdir()] == ["vault.key"]
    assert is_open()


def test_a_key_file_that_exists_is_left_alone(open_vault: Path) -> None:
    before = key_path().read_bytes()
    create_key_file()
    assert key_path().read_bytes() == before


def test_the_public_program_never_opens_even_where_the_key_file_lies_readable(
    open_vault: Path, settings
) -> None:
    settings.SSC_PROGRAM = "public"
    assert not is_open()
    with pytest.raises(VaultLocked):
        provider()
    with pytest.raises(VaultLocked):
        create_key_file()


def test_a_missing_key_file_is_never_made_anew_where_a_recipient_has_keys(open_vault: Path) -> None:
    actions.create_recipient(actor="system", name="desk:1")
    key_path().unlink()
    with pytest.raises(KeyFileMissing, match="Put it back"):
        create_key_file()
    assert not key_path().exists()


def test_a_missing_key_file_is_never_made_anew_where_sealed_files_lie(open_vault: Path) -> None:
    files.write([b"photo"])
    key_path().unlink()
    with pytest.raises(KeyFileMissing):
        create_key_file()


def test_without_its_key_file_the_vault_takes_records_in_but_opens_none_until_it_is_put_back(
    open_vault: Path,
) -> None:
    actions.create_recipient(actor="system", name="desk:1")
    aside = open_vault / "aside"
    shutil.move(key_path(), aside)
    opened = actions.new_record(recipients=["desk:1"])
    with pytest.raises(VaultLocked, match="Put it back"):
        queries.open_record(opened.record, "desk:1")
    with pytest.raises(VaultLocked):
        actions.rotate_recipient(actor="system", name="desk:1")
    assert queries.current_keys(["desk:1"])
    shutil.move(aside, key_path())
    assert queries.open_record(opened.record, "desk:1") == opened


def test_a_damaged_key_file_is_named_not_replaced(open_vault: Path) -> None:
    key_path().write_text("nonsense")
    with pytest.raises(VaultLocked, match="damaged"):
        provider()
    create_key_file()
    assert key_path().read_text() == "nonsense"


def test_the_key_file_of_another_data_folder_is_found_at_the_start(open_vault: Path) -> None:
    actions.create_recipient(actor="system", name="desk:1")
    selftest()
    key_path().write_text(key_path().read_text()[:-9] + "00000000\n")
    with pytest.raises(checks.SelfTestFailed, match="not the one"):
        selftest()


def test_keys_derived_for_two_purposes_differ_and_are_the_same_each_time(open_vault: Path) -> None:
    assert provider().derive("ledger") != provider().derive("tokens")
    assert provider().derive("ledger") == provider().derive("ledger")
    assert len(provider().derive("ledger", 64)) == 64


def test_a_wrapped_key_opens_in_its_own_context_only(open_vault: Path) -> None:
    wrapped = provider().wrap(b"k" * 32, b"totp:1")
    assert provider().unwrap(wrapped, b"totp:1") == b"k" * 32
    with pytest.raises(SealBroken):
        provider().unwrap(wrapped, b"totp:2")


def test_the_secret_shows_in_no_printed_form(open_vault: Path) -> None:
    secret = key_path().read_text().split()[-1]
    shown = f"{provider()!r} {provider()!s}"
    assert secret not in shown
    assert str(bytes.fromhex(secret)) not in shown


def test_a_key_file_that_others_can_read_is_an_error_and_open_folders_are_named(open_vault: Path) -> None:
    files.write([b"photo"])
    assert checks.check_modes() == []
    key_path().chmod(0o640)
    key_path().parent.chmod(0o755)
    files.folder().chmod(0o755)
    assert [found.id for found in checks.check_modes()] == ["vault.E001", "vault.E002", "vault.W001"]


def test_two_first_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    """Two processes in the same data folder: whoever comes second must find the first one's key, or what one
    seals the other cannot open."""
    script = """
import sys
from pathlib import Path
import django
from django.conf import settings
settings.configure(SSC_DATA=Path(sys.argv[1]), SSC_FILES_DIR="", SSC_PROGRAM="manage", SECRET_KEY="x",
INSTALLED_APPS=["security_center.foundation.vault"],
                   DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()
from security_center.foundation.vault.provider import create_key_file, provider
create_key_file()
print(provider().derive("probe").hex())
"""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": "src"},
        )
        for _ in range(3)
    ]
    seen = {process.communicate(timeout=60)[0] for process in running}
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(seen) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["vault.key"]


def test_the_key_file_of_another_installation_is_told_at_the_start_and_to_whoever_asks_whether_all_is_well(
    open_vault: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is read without a fault and opens nothing: unnoticed, the first one to learn of it would be a reader
    with an urgent report."""
    actions.create_recipient(actor="system", name="desk:1")
    preparation.make_key_file()
    assert capsys.readouterr().out == ""
    assert health.vault() == ""
    key_path().write_text(f"{key_path().read_text().splitlines()[0]}\n{secrets.token_hex(32)}\n")
    preparation.make_key_file()
    assert "is not the one that this data was sealed with" in capsys.readouterr().out
    assert health.vault() != ""
