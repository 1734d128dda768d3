"""The yardstick: a bare Django program that takes the same form and does one INSERT, on the same server with
the same database settings."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

if not settings.configured:
    settings.configure(
        SECRET_KEY="bench-" * 10,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
        INSTALLED_APPS=[],
        USE_TZ=True,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": os.environ["BENCH_BARE_DATABASE"],
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 20,
                    "init_command": "PRAGMA synchronous=FULL",
                },
                "CONN_MAX_AGE": None,
            }
        },
    )

import django

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.urls import path  # noqa: E402


class Row(models.Model):
    what_happened = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bare"

    def __str__(self) -> str:
        return str(self.pk)


def take(request: HttpRequest) -> HttpResponse:
    row = Row.objects.create(what_happened=request.POST["what_happened"])
    return HttpResponse(f"<p>{row.pk}</p>")


urlpatterns: list[Any] = [path("take/", take), path("healthz", lambda _request: HttpResponse("ok"))]
application = get_wsgi_application()


def make_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=WAL")
    with connection.schema_editor() as editor:
        editor.create_model(Row)


def serve(port: int) -> None:
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        f"{__name__ if __name__ != '__main__' else 'benchmarks.bare'}:application",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=64,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.error,
    ).serve()
