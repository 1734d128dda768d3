"""`./ssc manage public_role`: the database role of the public program on PostgreSQL, as SQL or carried out at
once.

The public program faces everybody. Connected as this role it can put in reports, messages, files and their
duties, and read what is published and what a receipt locates; the database itself refuses it every person,
case, session and private key. Whoever takes that program over gets no more."""

from __future__ import annotations

import re
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, models, transaction

ALL = "*"
# Model → act → columns. What is not named here is refused. A row that is put in gives back its id, which
# needs the right to read it.
RIGHTS: dict[str, dict[str, tuple[str, ...]]] = {
    "organizations.Organization": {"SELECT": (ALL,)},
    "prevention.PublishedForm": {"SELECT": (ALL,)},
    "equity.Figures": {"SELECT": (ALL,)},  # published: it holds only what may be shown
    "prevention.PublishedPlan": {"SELECT": (ALL,)},
    "duties.Heartbeat": {"SELECT": ("beat_at", "wall_at")},
    # The private half, though wrapped, is none of its business
    "vault.RecipientKey": {"SELECT": ("name", "version", "public_key", "retired_at")},
    "vault.SealedKey": {"SELECT": (ALL,), "INSERT": (ALL,)},
    # The columns stand in reporting.actions.thread
    "reporting.Report": {"SELECT": (ALL,), "INSERT": (ALL,), "UPDATE": ()},
    "reporting.ThreadMessage": {"SELECT": (ALL,), "INSERT": (ALL,), "UPDATE": ("seen_by_reporter_at",)},
    "reporting.Attachment": {"SELECT": (ALL,), "INSERT": (ALL,)},
    "reporting.BreachNotice": {"SELECT": (ALL,)},
    "ledger.Entry": {"SELECT": ("sequence", "hash"), "INSERT": (ALL,)},
    "duties.Duty": {"SELECT": ("id",), "INSERT": (ALL,)},
    "django_tasks_database.DBTaskResult": {"SELECT": ("id",), "INSERT": (ALL,)},
}

# A reporter's words raise a report, open it again and make somebody look anew. They never lower, decide,
# acknowledge or close one.
_BY_PERSONS = ("decided_at", "closed_at", "closed_by_id", "acknowledged_at", "acknowledged_by_id")
_ONLY_UP = ("needs_second_reader", "crisis_lock", "about_me")
ONLY_UPWARD = " OR ".join(
    [
        "NEW.urgency > OLD.urgency",
        "(NEW.new_facts_at IS NULL AND OLD.new_facts_at IS NOT NULL)",
        *(f"(OLD.{column} AND NOT NEW.{column})" for column in _ONLY_UP),
        *(
            f"(NEW.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column})"
            for column in _BY_PERSONS
        ),
        # What is not opened again keeps its state and its clocks, but for the one that a raised urgency
        # begins anew.
        (
            "((OLD.closed_at IS NULL OR NEW.closed_at IS NOT NULL) AND (NEW.state <> OLD.state OR "
            "NEW.decide_by > OLD.decide_by "
            "OR NEW.decided_at IS DISTINCT FROM OLD.decided_at OR (NEW.urgency = OLD.urgency AND "
            "(NEW.acknowledge_by > OLD.acknowledge_by "
            "OR NEW.acknowledged_at IS DISTINCT FROM OLD.acknowledged_at))))"
        ),
        (
            "(OLD.closed_at IS NOT NULL AND NEW.closed_at IS NULL AND (NEW.state <> 'reading' OR "
            "NEW.decided_at IS NOT NULL))"
        ),
    ]
)


class Command(BaseCommand):
    help = (
        "Print the SQL that gives a database role just what the public program needs (PostgreSQL), or "
        "carry it out with --execute."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", help="the role that the public program connects as, e.g. ssc_public")
        parser.add_argument(
            "--execute",
            action="store_true",
            help="carry it out; the role is made when it is absent (without a password)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        role = options["role"]
        if connection.vendor != "postgresql":
            raise CommandError("Roles are PostgreSQL's. Set DATABASE_URL; the embedded database has none.")
        if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
            raise CommandError(f"“{role}” is no name for a role: small letters, digits and _ only.")
        found = statements(role)
        if not options["execute"]:
            self.stdout.write("\n".join(f"{statement};" for statement in [creation(role), *found]))
            return
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper OR oid = current_user::regrole FROM pg_roles WHERE rolname = %s", [role]
            )
            held = cursor.fetchone()
            if held is not None and held[0]:
                raise CommandError(
                    f"The role {role} owns the database or is a superuser: nothing can be kept from "
                    "it. Name another."
                )
            for statement in [*([creation(role)] if held is None else []), *found]:
                cursor.execute(statement)
        if options["verbosity"]:
            self.stdout.write(
                f"ssc: the role {role} may now do what the public program needs, and nothing else."
            )


def creation(role: str) -> str:
    return f"CREATE ROLE {_name(role)} LOGIN"


def statements(role: str) -> list[str]:
    """The grants for `role`, after everything it held before is taken away: running it again after an upgrade
    makes it right."""
    from security_center.reporting.actions.thread import REPORTERS_COLUMNS

    to = _name(role)
    found = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {to}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {to}",
        f"GRANT USAGE ON SCHEMA public TO {to}",
    ]
    for label, rights in RIGHTS.items():
        model = apps.get_model(label)
        for act, names in rights.items():
            wanted = REPORTERS_COLUMNS if label == "reporting.Report" and act == "UPDATE" else names
            found.append(f"GRANT {act}{_columns(model, wanted)} ON {_name(model._meta.db_table)} TO {to}")
        key = model._meta.pk
        if "INSERT" in rights and isinstance(key, models.AutoField):
            found.append(
                f"GRANT USAGE ON SEQUENCE {_name(f'{model._meta.db_table}_{key.column}_seq')} TO {to}"
            )
    found.append(
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {_name(settings.SSC_COUNTER_TABLES['public'])} TO {to}"
    )
    return [*found, *guards(role)]


def guards(role: str) -> list[str]:
    """What grants cannot say: a right to a column is one to every value in every row. These triggers look at
    nobody else's changes."""
    from security_center.reporting.tasks import tell_holder_of_new_facts

    told = tell_holder_of_new_facts.module_path
    return [
        *_guard(role, "reporting_report", "UPDATE", ONLY_UPWARD),
        *_guard(
            role,
            "django_tasks_database_dbtaskresult",
            "INSERT",
            f"NEW.task_path <> '{told}' OR NEW.status <> 'READY'",
        ),
    ]


def _guard(role: str, table: str, act: str, refused: str) -> list[str]:
    name = _name(f"public_program_{table}")
    return [
        (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
            f"IF {refused} THEN "
            "RAISE insufficient_privilege USING MESSAGE = 'permission denied: the public program "
            f"does not do this to {table}'; "
            f"END IF; RETURN NEW; END $guard$"
        ),
        (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {act} ON {_name(table)} FOR EACH ROW WHEN "
            f"(current_user = '{role}') EXECUTE FUNCTION {name}()"
        ),
    ]


def _columns(model: type[models.Model], names: tuple[str, ...]) -> str:
    if ALL in names:
        return ""
    columns = (str(model._meta.get_field(name).column) for name in names)  # type: ignore[union-attr]  # columns of our own tables, no relations from elsewhere
    return f" ({', '.join(_name(column) for column in columns)})"


def _name(name: str) -> str:
    return connection.ops.quote_name(name)
