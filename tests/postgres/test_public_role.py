"""The public program connected as its own database role: it does all its work, and the database itself
refuses it everything else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests import prepared
from tests.house.tables import gathered
from tests.postgres.cluster import Cluster
from tests.running import SMALL_JPEG, THREAD, Reporter, hidden, make_district, run, ssc, until

from benchmarks import system

pytestmark = [pytest.mark.postgres, pytest.mark.programs]

DATABASE = "demo_public"
ROLE = "ssc_public"
# A person of the desk takes the report, answers, decides and closes it.
FINISH = """
from django_scopes import scopes_disabled
from security_center.foundation.organizations.models import Person
from security_center.reporting.actions import decisions, desk, thread
from security_center.reporting.models import Report

with scopes_disabled():
    report = Report.objects.order_by("-pk").first()
    rosa = Person.objects.get(name="Rosa Ortiz")
    desk.look(actor=rosa, report=report)
    desk.acknowledge(actor=rosa, report=report)
    thread.desk_writes(actor=rosa, report=report, body="Thank you. A person is looking.")
    report.refresh_from_db()
    decisions.decide(
        actor=rosa,
        report=report,
        actions=["no_action_reason"],
        validity="mistaken",
        considered="Nothing of it is so.",
    )
    report.refresh_from_db()
    decisions.close(actor=rosa, report=report, reason="Nothing of it is so.")
    report.refresh_from_db()
    print(report.state)
"""

# As above, but the report stays open.
DECIDE = (
    FINISH.partition("    report.refresh_from_db()\n    decisions.close")[0] + "    print(report.state)\n"
)


@dataclass
class Place:
    cluster: Cluster
    data: Path
    reporter: Reporter

    def as_role(self, statement: str) -> str:
        return self.cluster.psql(DATABASE, statement, user=ROLE)

    def as_owner(self, statement: str) -> str:
        return self.cluster.psql(DATABASE, statement)


@pytest.fixture(scope="module")
def place(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    data = tmp_path_factory.mktemp("public-role") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", cluster.create(DATABASE, like=prepared.TABLES))
        make_district(data)
        made = ssc(data, "manage", "public_role", ROLE, "--execute")
        assert made.returncode == 0, made.stderr
        patch.setenv("SSC_PUBLIC_DATABASE_URL", cluster.url(DATABASE, ROLE))
        with system.running(data) as ours:
            yield Place(cluster, data, Reporter(ours.port))


def test_it_is_this_role_that_the_public_program_connects_as(place: Place) -> None:
    assert place.reporter.ask("GET", "/readyz")[0] == 200
    assert "Lincoln Middle School" in place.reporter.page("/report/?q=lincoln")
    assert ROLE in place.as_owner("SELECT DISTINCT usename FROM pg_stat_activity").splitlines()


def test_a_report_with_a_file_a_return_and_words_that_raise_it_all_work(place: Place) -> None:
    reporter = place.reporter
    words = reporter.send(
        "Marker-Quince is being bullied.", {"files": ("note.jpg", SMALL_JPEG)}, who="Marker-Plum"
    )
    assert "Marker-Quince" in reporter.come_back(words)
    assert "Marker-Fig" in reporter.write(
        "Marker-Fig: he has a gun in his bag.", {"files": ("again.jpg", SMALL_JPEG)}
    )
    assert place.as_owner("SELECT urgency, urgency_because FROM reporting_report") == "U1|words"
    assert (
        reporter.ask(
            "POST", THREAD, f"proof={_proof(reporter)}&act=about_me", "application/x-www-form-urlencoded"
        )[0]
        == 303
    )
    assert place.as_owner("SELECT about_me, crisis_lock FROM reporting_report") == "t|t"
    assert place.as_owner("SELECT count(*) FROM reporting_attachment WHERE file_id IS NOT NULL") == "2"


def test_new_words_on_a_finished_report_open_it_again_and_tell_its_holder(place: Place) -> None:
    reporter = place.reporter
    reporter.come_back(reporter.send("A book is torn."))
    place.as_owner(
        "UPDATE reporting_report SET urgency = 'U3', needs_second_reader = false, crisis_lock = "
        "false, about_me = false"
    )
    assert run(place.data, FINISH).strip() == "finished"
    assert "A person is looking" in reporter.page(THREAD)
    assert (
        reporter.ask(
            "POST",
            THREAD,
            f"proof={_proof(reporter)}&act=helped&answer=no",
            "application/x-www-form-urlencoded",
        )[0]
        == 303
    )
    reporter.write("It happened again.")
    assert (
        place.as_owner(
            "SELECT state, helped, closed_at IS NULL FROM reporting_report ORDER BY id DESC LIMIT 1"
        )
        == "reading|no|t"
    )
    seen = (
        "SELECT count(*) FROM reporting_threadmessage WHERE author = 'desk' AND seen_by_reporter_at IS "
        "NOT NULL"
    )
    assert place.as_owner(seen) == "1"
    until(
        lambda: (
            place.as_owner("SELECT count(*) FROM notifications_message WHERE kind = 'reporting.new_facts'")
            != "0"
        ),
        "the holder is told",
    )
    assert ssc(place.data, "verify-ledger").returncode == 0


def test_new_words_on_a_decided_report_become_a_duty_to_read_them(place: Place) -> None:
    reporter = place.reporter
    reporter.come_back(reporter.send("A window is broken."))
    run(place.data, DECIDE)
    for words in ("It was the other one.", "By the door."):
        reporter.write(words)
    number = place.as_owner("SELECT number FROM reporting_report ORDER BY id DESC LIMIT 1")
    assert (
        place.as_owner(f"SELECT kind FROM duties_duty WHERE state = 'open' AND thing = 'report:{number}'")  # noqa: S608
        == "reporting.new_facts"
    )


def test_the_database_refused_the_public_program_nothing_that_it_needed(place: Place) -> None:
    """Runs after the others: nothing that the pages do was refused behind a page that looked well."""
    log = (place.cluster.folder / "log").read_text(encoding="utf-8", errors="replace")
    assert "permission denied" not in log
    programs = "".join(
        file.read_text(encoding="utf-8", errors="replace") for file in (place.data / "logs").glob("public*")
    )
    assert "permission denied" not in programs


@pytest.mark.parametrize(
    "table",
    [
        *(
            "organizations_person",
            "organizations_roleassignment",
            "organizations_signin",
            "account_emailaddress",
            "mfa_authenticator",
        ),
        *(
            "notifications_message",
            "notifications_delivery",
            "duties_dutystep",
            "prevention_coverageshift",
            "prevention_plan",
        ),
        *(
            "reporting_note",
            "reporting_subject",
            "reporting_disposition",
            "reporting_reporteridentity",
            "vault_recordhold",
            "ledger_signedhead",
        ),
        "short_lived_counters",
    ],
)
def test_nothing_of_people_or_of_the_desks_work_is_shown_to_it(place: Place, table: str) -> None:
    with pytest.raises(RuntimeError, match="permission denied"):
        place.as_role(f"TABLE {table}")


def test_every_table_that_is_not_granted_is_refused(place: Place) -> None:
    readable = place.as_role(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND has_any_column_privilege(oid, 'SELECT') ORDER BY relname"
    ).splitlines()
    assert readable == sorted(
        {*gathered("columns", "READ_BY_PUBLIC"), "django_tasks_database_dbtaskresult", "public_counters"}
    )


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT wrapped_private_key FROM vault_recipientkey",
        "SELECT actor FROM ledger_entry",
        "SELECT args_kwargs FROM django_tasks_database_dbtaskresult",
        "UPDATE reporting_report SET what_happened = ''",
        "UPDATE reporting_report SET desk_id = 1",
        "UPDATE reporting_report SET shredded_at = now()",
        "UPDATE reporting_threadmessage SET body = ''",
        "UPDATE ledger_entry SET actor = 'reporter'",
        "UPDATE duties_duty SET state = 'cancelled'",
        "DELETE FROM reporting_report",
        "DELETE FROM vault_sealedkey",
        "DELETE FROM duties_duty",
        "TRUNCATE reporting_attachment",
        "INSERT INTO organizations_person (email) VALUES ('x@example.org')",
        "CREATE TABLE mine (x int)",
    ],
)
def test_it_can_neither_change_nor_destroy_what_it_put_in(place: Place, statement: str) -> None:
    with pytest.raises(RuntimeError, match="permission denied"):
        place.as_role(statement)


@pytest.mark.parametrize(
    "change",
    [
        "urgency = 'U9'",
        "decided_at = now() + interval '1 second'",
        "decide_by = decide_by + interval '300 days'",
        "acknowledge_by = acknowledge_by + interval '300 days'",
        "acknowledged_at = now() + interval '1 second'",
        "closed_at = now() + interval '1 second', closed_by_id = 1",
        "state = 'shredded'",
        (
            "new_facts_at = NULL, needs_second_reader = false, crisis_lock = false, about_me = false, "
            "urgency = 'U9'"
        ),
    ],
)
def test_it_lowers_decides_acknowledges_and_closes_no_report(place: Place, change: str) -> None:
    place.reporter.send("Marker-Alder is being bullied.")
    with pytest.raises(
        RuntimeError, match="permission denied: the public program does not do this to reporting_report"
    ):
        place.as_role(f"UPDATE reporting_report SET {change}")  # noqa: S608 - words of this test


def test_of_the_workers_tasks_it_asks_for_its_own_one_only(place: Place) -> None:
    row = """INSERT INTO django_tasks_database_dbtaskresult (id, status, enqueued_at, args_kwargs, priority,
        task_path, queue_name, backend_name, run_after, exception_class_path, traceback,
        return_value, worker_ids) VALUES (gen_random_uuid(), 'READY', now(), '{}', 0,
        '%s', 'default', 'default', now(), '', '', 'null', '[]')"""
    for path in ("security_center.foundation.organizations.tasks.send_password_link", "os.system"):
        with pytest.raises(
            RuntimeError, match="permission denied: the public program does not do this to django_tasks"
        ):
            place.as_role(row % path)


def test_the_role_that_owns_the_database_is_not_taken_for_it(place: Place) -> None:
    refused = ssc(place.data, "manage", "public_role", "owner", "--execute")
    assert refused.returncode == 1
    assert "owns the database or is a superuser" in refused.stderr


def _proof(reporter: Reporter) -> str:
    return hidden(reporter.page(THREAD), "proof")


def test_after_leaving_a_copied_cookie_opens_nothing_there_either(place: Place) -> None:
    reporter = place.reporter
    reporter.come_back(reporter.send("Marker-Sloe is being bullied."))
    copy = reporter.cookie
    assert reporter.ask("POST", THREAD, "act=leave", "application/x-www-form-urlencoded")[0] == 303
    reporter.cookie = copy
    assert "Marker-Sloe" not in reporter.ask("GET", THREAD)[1]
