"""A district that an earlier version wrote is carried on by today's code, and everything in it still opens:
see README.md."""

from __future__ import annotations

import io
import json
import lzma
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pyrage
import pytest

from benchmarks import system
from security_center.center.backup import kit as kits

HERE = Path(__file__).parent
KIT = HERE / "sample_district_recovery_kit.txt"  # of an invented district: it opens nothing of anybody
TOKENS = 374  # in all columns
VALUES = json.loads((HERE / "sealed_values.json").read_text())


def by_todays_code(data: Path, *words: str) -> dict[str, Any]:
    command = [sys.executable, str(HERE / "walk.py"), *words]
    ran = subprocess.run(command, env=system.environment(data), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def packed() -> bytes:
    return lzma.decompress((HERE / "sample_district.tar.xz").read_bytes())


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    data = tmp_path_factory.mktemp("upgraded")
    with tarfile.open(fileobj=io.BytesIO(packed())) as tar:
        tar.extractall(data, filter="data")
    key = kits.read(KIT).vault_key
    assert key is not None
    (data / "keys").mkdir(mode=0o700)
    (data / "keys" / "vault.key").write_bytes(key)
    (data / "keys" / "vault.key").chmod(0o600)
    return by_todays_code(data)


def holds_everything(found: dict[str, Any]) -> None:
    assert found["closed"] == {}
    assert {place: found["values"].get(place, 0) for place in VALUES} == VALUES
    assert found["opened"] == sum(VALUES.values())
    assert (
        found["files"]
        == found["whole_files"]
        == sum(VALUES[place] for place in VALUES if place.endswith("_seal"))
    )


def test_the_sample_has_a_value_at_every_place_that_was_there_before(found: dict[str, Any]) -> None:
    assert all(VALUES.values())
    assert VALUES.keys() >= found["values"].keys()


def test_every_sealed_value_of_an_earlier_version_opens_after_the_upgrade(found: dict[str, Any]) -> None:
    holds_everything(found)


def test_every_token_of_an_earlier_version_is_found_by_what_it_was_made_of(found: dict[str, Any]) -> None:
    assert {column: counts for column, counts in found["tokens"].items() if counts[0] != counts[1]} == {}
    assert sum(stored for stored, _matched in found["tokens"].values()) == TOKENS


def test_every_name_in_the_code_that_an_earlier_version_stored_is_known(found: dict[str, Any]) -> None:
    assert found["unknown"] == []


def test_the_ledger_of_an_earlier_version_is_whole_after_the_upgrade(found: dict[str, Any]) -> None:
    assert "The ledger is whole." in found["ledger"]


def test_a_backup_of_an_earlier_version_is_restored_and_everything_in_it_opens(tmp_path: Path) -> None:
    archive, data = tmp_path / "ssc-backup-20261202-231418.age", tmp_path / "restored"
    archive.write_bytes(pyrage.encrypt(packed(), [kits.read(KIT).identity.to_public()]))
    data.mkdir(mode=0o700)
    restored = by_todays_code(data, "restore", str(archive), str(KIT))
    holds_everything(restored)
    assert "The ledger is whole." in restored["ledger"]
