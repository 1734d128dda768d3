"""B6 and B8: whoever copies the database opens nothing with it, and whoever can write to it neither signs in
by it nor has code run."""

from __future__ import annotations

import base64
import json
import os
import pickle
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.tasks import task
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.cast import Cast, sign_in

from security_center.foundation import counters
from security_center.foundation.duties import queue, schedule
from security_center.foundation.organizations.models import SignIn
from security_center.foundation.organizations.sessions import SessionStore, name_of

COOKIE = settings.SESSION_COOKIE_NAME
HOME = "/organizations/"
TABLE = settings.SSC_COUNTER_TABLES["others"]
ran: list[str] = []


@task()
def note(word: str) -> None:
    ran.append(word)


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    ran.clear()


def everything_stored() -> str:
    """Every value of every table, as a thief of the database would read it."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(found)


def with_cookie(value: str) -> Client:
    client = Client()
    client.cookies[COOKIE] = value
    return client


def test_no_word_of_the_database_opens_a_live_session(cast: Cast) -> None:
    living = sign_in(cast.rosa)
    assert living.get(HOME).status_code == 200
    key = living.cookies[COOKIE].value
    stored = everything_stored()
    assert key not in stored
    for word in {word for word in stored.split() if 8 <= len(word) <= 40}:
        assert with_cookie(word).get("/account/security/").status_code == 302, word


def test_what_a_session_holds_is_sealed_with_its_cookie(cast: Cast) -> None:
    """The secret of an authenticator app that is being set up lies there until its first code is
    confirmed."""
    living = sign_in(cast.aud)
    living.get("/account/2fa/totp/deactivate/")
    session = living.session
    session["mfa.totp.secret"] = "MARKERMARKERMARKER"
    session.save()
    row = SignIn.objects.get(pk=name_of(living.cookies[COOKIE].value))
    assert "MARKER" not in row.session_data
    assert b"MARKER" not in bytes.fromhex(row.session_data)
    assert living.session["mfa.totp.secret"] == "MARKERMARKERMARKER"


def test_a_session_that_somebody_wrote_into_the_database_lets_nobody_in(cast: Cast) -> None:
    """They know the whole form of a row, and put in one for a cookie of their own, under whatever name; they
    copy a reader's row onto it too."""
    reader = SignIn.objects.get(pk=name_of(sign_in(cast.rosa).cookies[COOKIE].value))
    mine = "b" * 32
    ends = timezone.now() + timedelta(days=1)
    clear = (
        json.dumps({"data": {"_auth_user_id": str(cast.rosa.pk)}, "ends": ends.timestamp()}).encode().hex()
    )
    for name in (mine, name_of(mine)):
        for data in (reader.session_data, clear, ""):
            SignIn.objects.update_or_create(
                pk=name, defaults={"session_data": data, "expire_date": ends, "person": cast.rosa}
            )
            assert with_cookie(mine).get("/account/security/").status_code == 302


def test_a_session_is_not_lengthened_by_its_row(cast: Cast) -> None:
    living = sign_in(cast.rosa)
    SignIn.objects.update(expire_date=timezone.now() + timedelta(days=999))
    with time_machine.travel(
        timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE + 60), tick=False
    ):
        assert living.get("/account/security/").status_code == 302


def test_a_session_that_was_ended_elsewhere_does_not_come_back_by_being_saved(cast: Cast) -> None:
    living = sign_in(cast.aud)
    late = SessionStore(living.cookies[COOKIE].value)
    late["a"] = 1
    SignIn.objects.all().delete()
    with pytest.raises(UpdateError):
        late.save()
    assert not SignIn.objects.exists()


def test_the_list_of_sessions_keeps_browser_and_time_and_no_address(cast: Cast) -> None:
    living = sign_in(cast.rosa)
    living.get(HOME, REMOTE_ADDR="203.0.113.77", headers={"user-agent": "Firefox"})
    assert {field.name for field in SignIn._meta.get_fields()} == {
        "session_key",
        "session_data",
        "expire_date",
        "person",
        "began_at",
        "browser",
    }
    assert "203.0.113.77" not in everything_stored()


class Bomb:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def test_a_pickle_in_the_cache_is_not_opened(cast: Cast, tmp_path: Path) -> None:
    cache.set("attempts", [1.5, 2.5], 60)
    assert cache.get("attempts") == [1.5, 2.5]
    forged = base64.b64encode(pickle.dumps(Bomb(tmp_path / "ran"))).decode()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET value = %s", [forged])  # noqa: S608
    assert cache.get("attempts", "nothing") == "nothing"
    assert "attempts" not in cache
    assert (
        Client().post("/account/login/", {"login": cast.rosa.email, "password": "wrong"}).status_code == 200
    )
    assert not (tmp_path / "ran").exists()


@pytest.mark.django_db
def test_a_row_of_the_cache_counts_for_its_own_key_and_end_only() -> None:
    cache.set("mine", "free", 60)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT value, expires FROM {TABLE} WHERE cache_key = %s", [cache.make_key("mine")])  # noqa: S608
        value, expires = cursor.fetchone()
        cache.set("theirs", "barred", 60)
        cursor.execute(f"UPDATE {TABLE} SET value = %s, expires = %s", [value, expires])  # noqa: S608
    assert (cache.get("mine"), cache.get("theirs")) == ("free", None)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} SET expires = %s",  # noqa: S608
            [connection.ops.adapt_datetimefield_value(timezone.now() + timedelta(days=9))],
        )
    assert cache.get("mine") is None


@pytest.mark.django_db
def test_no_row_of_the_cache_names_an_address(cast: Cast) -> None:
    Client(REMOTE_ADDR="203.0.113.77").post(
        "/account/login/", {"login": "marker@example.org", "password": "wrong"}
    )
    stored = everything_stored()
    assert "203.0.113.77" not in stored
    assert "allauth" not in stored
    assert "marker@example.org" not in stored


@pytest.mark.django_db
def test_a_task_that_somebody_wrote_into_the_queue_is_not_run() -> None:
    note.enqueue("honest")
    (honest,) = DBTaskResult.objects.all()
    for path, word in (
        (honest.task_path, "forged"),
        ("tests.attacks.test_stolen_sessions.note", "forged"),
        ("os.system", "true"),
    ):
        forged = DBTaskResult.objects.get(pk=honest.pk)
        forged.pk, forged.task_path, forged.args_kwargs = uuid4(), path, {"args": [word], "kwargs": {}}
        forged.save(force_insert=True)
    while queue.run_one():
        pass
    assert ran == ["honest"]
    assert {row.exception_class_path.rpartition(".")[2] for row in DBTaskResult.objects.failed()} == {
        "NotOurs"
    }


@pytest.mark.django_db
def test_other_words_put_into_a_row_of_the_queue_are_not_run() -> None:
    note.enqueue("honest")
    DBTaskResult.objects.update(args_kwargs={"args": ["other"], "kwargs": {}})
    while queue.run_one():
        pass
    assert ran == []


@pytest.mark.long
def test_what_has_ended_is_in_no_table_an_hour_later(cast: Cast) -> None:
    begin = timezone.now()
    with time_machine.travel(begin, tick=False) as traveller:
        sign_in(cast.rosa)
        cache.set("attempts", [1.5], 60)
        note.enqueue("marker-of-a-task")
        schedule.run_due()
        while queue.run_one():
            pass
        traveller.shift(timedelta(seconds=settings.SESSION_COOKIE_AGE))
        for _quarter in range(4):
            traveller.shift(timedelta(minutes=15))
            schedule.run_due()
        assert not SignIn.objects.exists()
        assert "marker-of-a-task" not in everything_stored()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM {TABLE}")  # noqa: S608
            assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_what_was_asked_of_a_task_that_was_given_up_is_forgotten_too() -> None:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        note.enqueue("marker-of-a-task")
        DBTaskResult.objects.update(status="FAILED", finished_at=timezone.now())
        traveller.shift(timedelta(minutes=46))
        queue.prune()
        assert "marker-of-a-task" not in everything_stored()
        assert DBTaskResult.objects.failed().count() == 1


@pytest.mark.django_db
def test_the_counters_of_both_programs_are_forgotten() -> None:
    tables = set(settings.SSC_COUNTER_TABLES.values())
    assert len(tables) == 2
    call_command("createcachetable", *tables, verbosity=0)
    counters.forget_expired()  # what tests before this one left
    with connection.cursor() as cursor:
        for table in tables:
            past = connection.ops.adapt_datetimefield_value(timezone.now() - timedelta(minutes=1))
            cursor.execute(f"INSERT INTO {table} (cache_key, value, expires) VALUES ('old', 'x', %s)", [past])  # noqa: S608
    assert counters.forget_expired() == 2
