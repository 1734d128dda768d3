"""Every migration goes up and down with data in the tables, on both databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests import prepared
from tests.postgres.cluster import Cluster
from tests.running import make_district, run

pytestmark = pytest.mark.programs

WITH_A_REPORT = """
from security_center.foundation.organizations.models import Organization
from security_center.reporting.actions.intake import receive_report
from security_center.reporting.content_of_report import ReportContent
school = Organization.objects.get(slug="lincoln-middle")
receive_report(actor=None, organization=school, content=ReportContent("Somebody is being bullied."))
"""
# Back one migration after the other, those that stand on others first; then all the way up again.
DOWN_AND_UP = """
import json
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from security_center.foundation.ledger import triggers


def tables():
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        columns = {
            name: sorted(c.name for c in connection.introspection.get_table_description(cursor, name))
            for name in names
        }
        keys = {name: sorted(connection.introspection.get_constraints(cursor, name)) for name in names}
    return {"columns": columns, "constraints": keys}


ours = [room.rpartition(".")[2] for room in settings.ROOMS]
before, steps = tables(), []
down = MigrationExecutor(connection, lambda action, *more: action == "unapply_success" and steps.append(more))
known = sum(app in ours for app, _name in down.loader.disk_migrations)
down.migrate([(app, None) for app in ours])
left = [name for name in tables()["columns"] if name.split("_")[0] in ours]
call_command("migrate", verbosity=0, interactive=False)
after = tables()
found = {"steps": len(steps), "known": known, "left": left, "same": before == after}
print(json.dumps(found | {"guards": triggers.missing(connection)}))
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def data(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        monkeypatch.setenv("DATABASE_URL", cluster.create("demo_migrations", like=prepared.TABLES))
    make_district(tmp_path / "data")
    run(tmp_path / "data", WITH_A_REPORT)
    return tmp_path / "data"


def test_each_migration_goes_down_and_all_come_up_again_with_the_guards_of_the_ledger(data: Path) -> None:
    found = json.loads(run(data, DOWN_AND_UP).splitlines()[-1])
    assert found["steps"] >= found["known"] > 40
    assert found["left"] == []
    assert found["same"]
    assert found["guards"] == []
