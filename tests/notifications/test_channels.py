"""An alert channel is a folder: the recipe is followed to the letter, and what it makes is sent by."""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.house.tree import PACKAGE, REPOSITORY, none

from security_center.foundation.duties import queue
from security_center.foundation.notifications import channels, queries
from security_center.foundation.notifications.actions import confirm_test_alert, notify, send_test_alert
from security_center.foundation.notifications.models import Delivery
from security_center.foundation.notifications.queries import unconfirmed
from security_center.project import given

from .conftest import KIND, House, Mailbox

pytestmark = pytest.mark.django_db
RECIPE = REPOSITORY / "docs" / "recipes" / "add-an-alert-channel.md"


class Gateway(HTTPServer):
    """The other side of the recipe's channel. `status` is what it answers."""

    taken: list[dict[str, str]]
    status = 200


class Answer(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.status == 200:
            self.server.taken.append(json.loads(body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        return


@pytest.fixture
def pager(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """The files of the recipe in a folder of their own, which is laid beside the channels that there are."""
    text = RECIPE.read_text(encoding="utf-8")
    folder = tmp_path / "pager"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Pager."""\n', encoding="utf-8")
    for name, code in re.findall(r"^\d\. `(\w+\.py)`.*?```python\n(.*?)```", text, re.MULTILINE | re.DOTALL):
        (folder / name).write_text(re.sub(r"^   ", "", code, flags=re.MULTILINE), encoding="utf-8")
    assert sorted(path.name for path in folder.iterdir()) == [
        "__init__.py", "bounce.py", "confirmation.py", "settings.py", "transport.py",
    ]  # fmt: skip
    monkeypatch.setattr(channels, "__path__", [*channels.__path__, str(tmp_path)])
    gateway = Gateway(("127.0.0.1", 0), Answer)
    gateway.taken = []
    monkeypatch.setenv("SSC_PAGER_URL", f"http://127.0.0.1:{gateway.server_port}/")
    read = channels.Channel("pager").settings.read(given, demo=False, data=tmp_path)
    settings.SSC_PAGER_URL = read["SSC_PAGER_URL"]
    thread = threading.Thread(target=gateway.serve_forever, daemon=True)
    thread.start()
    yield gateway
    gateway.shutdown()
    gateway.server_close()
    thread.join()
    for name in [name for name in sys.modules if name.startswith(f"{channels.__name__}.pager")]:
        monkeypatch.delitem(sys.modules, name)


@pytest.fixture
def reached(house: House) -> House:
    house.rosa.phone = "555-0142"
    house.rosa.save()
    return house


def run_all() -> None:
    while queue.run_one():
        pass


def test_a_folder_made_by_the_recipe_carries_alerts_beside_the_e_mail(
    reached: House, mailbox: Mailbox, pager: Gateway
) -> None:
    notify(person=reached.rosa, kind=KIND, path="/desk/reports/7F3K2M/")
    notify(person=reached.luz, kind=KIND)  # has no number
    run_all()
    assert pager.taken == [
        {"to": "555-0142", "text": "You have a duty https://staff.example.org/desk/reports/7F3K2M/"}
    ]
    assert len(mailbox.raw) == 2
    assert sorted(Delivery.objects.values_list("channel", "state")) == [("email", "sent")] * 2 + [
        ("pager", "sent")
    ]


def test_a_channel_that_fails_holds_no_other_up_and_is_tried_again_by_itself(
    reached: House, mailbox: Mailbox, pager: Gateway
) -> None:
    pager.status = 503
    notify(person=reached.rosa, kind=KIND)
    run_all()
    assert len(mailbox.raw) == 1
    assert Delivery.objects.get(channel="pager").last_error_code == "pager_503"
    assert queries.unreached(type(reached.rosa).objects.all()) == [reached.rosa]
    assert queries.lasting_fault() == ""


def test_a_test_alert_leaves_by_each_channel_and_any_of_them_proves(
    reached: House, mailbox: Mailbox, pager: Gateway
) -> None:
    first = send_test_alert(actor=reached.rosa, person=reached.rosa)
    run_all()
    assert first.channel == "email"
    (by_pager,) = pager.taken
    token = by_pager["text"].split("/alerts/test/")[1].strip("/")
    assert token not in mailbox.messages[0].get_content()
    assert confirm_test_alert(token=token).by == "by pager"
    assert not unconfirmed([reached.rosa])


def test_a_person_whom_no_channel_reaches_is_told_on_the_screen(
    house: House, pager: Gateway, settings: Any
) -> None:
    settings.SSC_EMAIL_CONFIGURED = False
    assert queries.alerts_leave()
    assert not queries.mail_is_set_up()
    notify(person=house.luz, kind=KIND)
    assert list(Delivery.objects.values_list("channel", "state")) == [("email", "not_configured")]


def test_what_went_to_a_former_address_goes_by_mail_alone(
    reached: House, mailbox: Mailbox, pager: Gateway
) -> None:
    notify(person=reached.rosa, kind=KIND, address="before@maple.example.org")
    run_all()
    assert pager.taken == []
    assert mailbox.messages[0]["To"] == "before@maple.example.org"


def test_a_delivery_whose_channel_is_gone_is_settled(reached: House, mailbox: Mailbox) -> None:
    notify(person=reached.rosa, kind=KIND)
    Delivery.objects.update(channel="telegraph")
    run_all()
    assert Delivery.objects.get().state == Delivery.State.NOT_CONFIGURED


def test_every_channel_has_the_same_doors() -> None:
    doors = {
        "settings": {"read": ["given", "demo", "data"]},
        "transport": {"is_configured": [], "address_of": ["person"], "send": ["delivery", "connection"]},
        "confirmation": {"path_of": ["alert"]},
        "bounce": {"code_of": ["error"], "lasting": ["code"], "faults": []},
    }
    for channel in channels.known():
        for door, verbs in doors.items():
            module = getattr(channel, door)
            for verb, asked in verbs.items():
                assert list(inspect.signature(getattr(module, verb)).parameters) == asked, (
                    channel.name,
                    verb,
                )
        assert channel.transport.LABEL
        assert channel.transport.connection
        assert channel.bounce.NOT_TAKEN


def test_no_room_reads_a_setting_of_a_channel() -> None:
    """A sentence may name one, for whoever has to set it."""
    own = PACKAGE / "foundation" / "notifications" / "channels"
    names = {
        name
        for channel in channels.known()
        for name in (f"SSC_{channel.name.upper()}_", "DEFAULT_FROM_EMAIL")
    }
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if own in path.parents:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            read = (
                node.attr
                if isinstance(node, ast.Attribute)
                else node.value
                if isinstance(node, ast.Constant)
                else ""
            )
            if isinstance(read, str) and " " not in read and read.startswith(tuple(names)):
                found.append(f"{path.relative_to(REPOSITORY)}:{node.lineno} reads {read}")
    none(found)
