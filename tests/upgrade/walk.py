"""Today's code on the data folder of SSC_DATA, as a program: makes its tables those of today, or with
`restore ARCHIVE KIT` fills it from a backup; then opens everything that is stored and prints what it found.
It finds the tables by today's registry, whatever room they are in."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import django
from django.apps import apps
from django.core.management import call_command
from django.db import models

# Just after the sample was made: nothing of it has outlived its plan
AT = datetime(2026, 12, 2, 23, 30, tzinfo=UTC)
REALMS = ("", "students", "cases", "training", "equity")  # of the tokens that are stored
KINDS = ("name", "phonetic", "identifier", "birth_date", "handle")
LONGEST_NAME = 80


def walk() -> dict[str, Any]:
    from django_scopes import scopes_disabled

    from security_center.center import sealed_values

    values: Counter[str] = Counter()
    texts: set[str] = set()
    files: list[tuple[UUID, bytes]] = []
    unseal = sealed_values.unseal

    def noted(opened: Any, row: models.Model, name: str) -> str:
        text = unseal(opened, row, name)
        values[row._meta.get_field(name).place] += 1  # type: ignore[union-attr]
        texts.add(text)
        if name.endswith("_seal"):
            file_id = getattr(row, "cleaned_file_id" if name == "cleaned_seal" else "file_id")
            files.append((file_id, bytes.fromhex(json.loads(text)["file_key"])))
        return text

    sealed_values.unseal = noted
    with scopes_disabled():
        found = sealed_values.open_every_value()
        return {
            "opened": found.values,
            "destroyed": found.destroyed,
            "closed": found.closed,
            "values": values,
            "files": len(files),
            "whole_files": sum(is_whole(*each) for each in files),
            "tokens": tokens(texts),
            "unknown": sorted(unknown()),
        }


def is_whole(file_id: UUID, key: bytes) -> bool:
    from security_center.foundation.vault import files

    return b"".join(files.read(file_id, key)).startswith(b"an invented file")


def stored_tokens() -> Iterator[tuple[str, bytes]]:
    from security_center.foundation.vault.fields import BlindedTokenField

    for model in apps.get_models():
        for column in model._meta.local_concrete_fields:
            if isinstance(column, BlindedTokenField):
                for token in model._base_manager.values_list(column.attname, flat=True):
                    if token:
                        yield f"{model._meta.label}.{column.name}", bytes(token)


def tokens(texts: set[str]) -> dict[str, list[int]]:
    """By column: how many tokens are stored, and how many of them today's code makes of one of the opened
    texts."""
    from security_center.foundation.organizations.models import Organization
    from security_center.foundation.students import sealing
    from security_center.foundation.students.models import Student
    from security_center.foundation.vault.columns import unseal_all
    from security_center.foundation.vault.tokens import Blinder, name_forms

    made: set[bytes] = set()
    short = {form for text in texts if 0 < len(text) <= LONGEST_NAME for form in name_forms(text)}
    for district in Organization.objects.filter(kind=Organization.Kind.DISTRICT):
        for realm in REALMS:
            blind = Blinder(district.pk, realm)
            for text in short:
                for kind in KINDS:
                    try:
                        made.add(blind.token(kind, text))
                    except ValueError:
                        continue  # no date
    students = list(Student.everyone.select_related("district"))
    records = sealing.opened(students)
    for student in students:
        said = unseal_all(records[student.record], student, ["identifier", *Student.TEXTS])
        made.add(sealing.content_of(sealing.blinder(student.district), said.pop("identifier"), said))
    found: dict[str, list[int]] = {}
    for column, token in stored_tokens():
        counts = found.setdefault(column, [0, 0])
        counts[0] += 1
        counts[1] += token in made
    return found


def unknown() -> Iterator[str]:
    """What is stored as a name of something in the code, and has none there any more."""
    from django.tasks import Task
    from django.urls import Resolver404, resolve
    from django.utils.module_loading import import_string
    from django_tasks_db.models import DBTaskResult

    from security_center.foundation.duties import audiences, schedule
    from security_center.foundation.duties.models import Duty, DutyStep, PeriodicRun
    from security_center.foundation.notifications import kinds
    from security_center.foundation.notifications.models import Message
    from security_center.prevention.models import PublishedPlan
    from security_center.prevention.steps import steps as plan_steps

    for path in DBTaskResult.objects.values_list("task_path", flat=True).distinct():
        try:
            task = import_string(path)
        except ImportError:
            yield f"task {path}"
        else:
            if not isinstance(task, Task) or task.module_path != path:
                yield f"task {path}"
    jobs = {job.name for job in schedule.jobs()}
    yield from (f"job {run.name}" for run in PeriodicRun.objects.all() if run.name not in jobs)
    for model in (Duty, Message):
        said = model._base_manager.order_by().values_list("kind", flat=True).distinct()
        yield from (f"{model.__name__} {kind}" for kind in said if not kinds.is_known(kind))
    named = set(DutyStep.objects.values_list("audience", flat=True).distinct())
    named |= {rung.audience for duty in Duty.objects.all() for rung in duty.rungs()}
    yield from (f"audience {name}" for name in named if not audiences.is_known(name))
    for model in (Duty, Message):
        for path in model._base_manager.exclude(path="").order_by().values_list("path", flat=True).distinct():
            try:
                resolve(path.partition("?")[0].partition("#")[0])
            except Resolver404:
                yield f"path {path}"
    steps = {step.key for step in plan_steps()}
    for plan in PublishedPlan.objects.all():
        yield from (f"step {step['key']}" for step in plan.steps if step["key"] not in steps)


if __name__ == "__main__":
    django.setup()
    from security_center.foundation.clock import clock_at

    said = io.StringIO()
    with clock_at(AT):
        match sys.argv[1:]:
            case ["restore", archive, kit]:
                call_command("restore", archive, kit=kit, stdout=io.StringIO())
            case _:
                from security_center.project import preparation

                with contextlib.redirect_stdout(io.StringIO()):
                    preparation.make_tables()
        call_command("verify_ledger", stdout=said)
        sys.stdout.write(json.dumps({"ledger": said.getvalue(), **walk()}))
