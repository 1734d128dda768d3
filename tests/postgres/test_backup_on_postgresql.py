"""`./ssc backup` and `./ssc restore` where the database is PostgreSQL: by its own dump, into an empty
database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from tests import prepared
from tests.postgres.cluster import Cluster
from tests.running import make_district, run, ssc

pytestmark = [pytest.mark.postgres, pytest.mark.programs]

SEND = """
from security_center.foundation.ledger.actions import sign_head
from security_center.foundation.organizations.models import Organization
from security_center.reporting.actions.intake import receive_report
from security_center.reporting.content_of_report import ReportContent

school = Organization.objects.get(slug="lincoln-middle")
print(
    receive_report(
        actor=None, organization=school, content=ReportContent("Marker-Olive is being bullied.")
    ).receipt.phrase("en")
)
sign_head()
"""
OPEN = """
import sys
from django_scopes import scopes_disabled
from security_center.foundation.organizations.identity import desk_recipient
from security_center.foundation.vault.columns import unseal
from security_center.foundation.vault.queries import open_record
from security_center.foundation.vault.receipts import Receipt
from security_center.reporting.queries import report_of, thread_page
with scopes_disabled():
    receipt = Receipt.from_text({words!r})
    report = report_of(receipt)
    print(thread_page(receipt, report).words["what_happened"])
    print(unseal(open_record(report.record, desk_recipient(report.desk)), report, "what_happened"))
"""


@dataclass
class Place:
    cluster: Cluster
    data: Path
    outside: Path
    words: str

    @property
    def archive(self) -> Path:
        return next(self.outside.glob("*.age"))

    def restore(self, data: Path, **environment: str) -> tuple[int, str]:
        done = ssc(data, "restore", str(self.archive), "--kit", str(self.outside / "kit.txt"), **environment)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def place(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Place:
    data, outside = tmp_path_factory.mktemp("original") / "data", tmp_path_factory.mktemp("outside")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", cluster.create("demo_backup", like=prepared.TABLES))
        make_district(data)
        words = run(data, SEND).strip()
        done = ssc(data, "backup", "--to", str(outside), "--kit", str(outside / "kit.txt"))
        assert done.returncode == 0, done.stderr
    return Place(cluster, data, outside, words)


def test_a_backup_goes_into_an_empty_database_and_everything_opens(place: Place, tmp_path: Path) -> None:
    url = place.cluster.create("demo_restored")
    code, said = place.restore(tmp_path / "data", DATABASE_URL=url)
    assert code == 0
    assert said.startswith(
        f"ssc: restored from {place.archive.name}. Start it with the same --data, and with "
        "PostgreSQL the same DATABASE_URL.\n"
    )
    opened = run(tmp_path / "data", OPEN.format(words=place.words), DATABASE_URL=url)
    assert opened.splitlines() == ["Marker-Olive is being bullied."] * 2
    verified = ssc(tmp_path / "data", "verify-ledger", DATABASE_URL=url)
    assert verified.returncode == 0, verified.stderr
    with pytest.raises(RuntimeError, match="append-only"):
        place.cluster.psql("demo_restored", "DELETE FROM ledger_entry")


def test_a_database_that_holds_something_is_never_overwritten(place: Place, tmp_path: Path) -> None:
    code, said = place.restore(tmp_path / "data", DATABASE_URL=place.cluster.url("demo_backup"))
    assert code == 1
    assert "not empty" in said
    assert place.cluster.psql("demo_backup", "SELECT count(*) FROM reporting_report") == "1"


def test_without_the_database_it_is_told_what_is_missing(place: Place, tmp_path: Path) -> None:
    code, said = place.restore(tmp_path / "data")
    assert code == 1
    assert "DATABASE_URL" in said
    assert not (tmp_path / "data" / "keys").exists()
