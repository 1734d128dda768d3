"""What a log line may hold. Each marker stands for something a reporter typed or that says where they
were."""

import json
import logging
import sys

import pytest

from security_center.foundation.web.logs import JsonFormatter, LineFormatter, redacted


def line(
    message: object, *arguments: object, name: str = "security_center.reporting", exc_info: object = None
) -> str:
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, arguments, exc_info)  # type: ignore[arg-type]
    return LineFormatter().format(record)


def failing(marker: str) -> None:
    local_value = marker
    raise ValueError(f"could not read {local_value}")


def test_a_line_says_when_how_bad_which_program_and_what() -> None:
    text = line("report %s received", "7F3K2M")
    assert text.split(" ", 1)[0].endswith("Z")
    assert "ERROR manage security_center.reporting report 7F3K2M received" in text


@pytest.mark.parametrize(
    "address",
    [
        "203.0.113.7",
        "203.0.113.7:51234",
        "2001:db8::ff00:42:8329",
        "2001:0db8:0000:0000:0000:ff00:0042:8329",
        "::1",
        "[2001:db8::1]",
        "fe80::1%eth0",
    ],
)
def test_no_network_address_reaches_the_log(address: str) -> None:
    assert address.strip("[]") not in redacted(f"connection from {address} closed")


def test_times_and_report_numbers_are_not_taken_for_addresses() -> None:
    assert (
        redacted("report 7F3K2M due 2026-11-24T12:30:05Z at 12:30:05 version 1.2.3")
        == "report 7F3K2M due 2026-11-24T12:30:05Z at 12:30:05 version 1.2.3"
    )


def test_no_user_agent_query_or_mail_address_reaches_the_log() -> None:
    text = line(
        '"%s" %s %s',
        "/report/?q=Cedar+Ridge",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1",
        "pupil@example.org",
    )
    assert "Cedar" not in text
    assert "iPhone" not in text
    assert "pupil" not in text


def test_an_exception_is_its_class_and_places_and_nothing_it_says() -> None:
    try:
        failing("MARKER-7781")
    except ValueError:
        text = line(
            "Internal Server Error: %s", "/report/cedar/", name="django.request", exc_info=sys.exc_info()
        )
    assert "MARKER-7781" not in text
    assert "could not read" not in text
    assert " error=ValueError at web/test_logs.py:" in text
    assert " failing" in text
    assert "\n" not in text


def test_the_cause_of_an_exception_is_described_the_same_way() -> None:
    try:
        try:
            failing("MARKER-1")
        except ValueError as cause:
            raise RuntimeError("MARKER-2") from cause
    except RuntimeError:
        text = line("broke", exc_info=sys.exc_info())
    assert "RuntimeError at" in text
    assert "caused by ValueError at" in text
    assert "MARKER" not in text


def test_an_exception_given_as_an_argument_shows_its_class_only() -> None:
    assert line("task failed: %s", ValueError("MARKER-3")).endswith("task failed: ValueError")
    assert line(ValueError("MARKER-4")).endswith("ValueError")
    assert line("%(error)s", {"error": ValueError("MARKER-5")}).endswith("ValueError")


def test_a_database_statement_never_shows_its_parameters() -> None:
    assert "MARKER" not in line("(%.3f) %s; args=%s", 0.1, "INSERT", ("MARKER-6",), name="django.db.backends")


def test_a_message_that_cannot_be_filled_is_not_shown() -> None:
    text = line("%d reports", "MARKER-8")
    assert "MARKER" not in text
    assert "could not be formatted" in text


def test_a_message_stays_on_one_line_and_short() -> None:
    text = line("a\nFAKE 2026 CRITICAL forged\x1b[31m%s", "x" * 5000)
    assert "\n" not in text
    assert "\x1b" not in text
    assert len(text) < 700


def test_a_fault_of_a_handler_prints_no_record() -> None:
    assert logging.raiseExceptions is False


@pytest.mark.parametrize("path", ["/invitation/", "/alerts/test/", "/account/password/reset/key/"])
def test_the_secret_part_of_a_one_time_address_never_reaches_the_log(path: str) -> None:
    text = line(
        "Forbidden (%s): %s", "CSRF cookie not set.", f"{path}MARKER-aB3_x/", name="django.security.csrf"
    )
    assert "MARKER" not in text
    assert f"{path}[token]" in text


def test_a_line_as_json_holds_the_same_and_no_more() -> None:
    try:
        failing("MARKER-7781")
    except ValueError:
        record = logging.LogRecord(
            "django.request",
            logging.ERROR,
            __file__,
            1,
            'Not "found": %s from 203.0.113.7',
            ("/a\nb/",),
            sys.exc_info(),
        )
    text = JsonFormatter().format(record)
    parts = json.loads(text)
    assert "\n" not in text
    assert "MARKER" not in text
    assert "203.0" not in text
    assert (parts["level"], parts["program"], parts["logger"]) == ("ERROR", "manage", "django.request")
    assert parts["message"] == 'Not "found": /a b/ from [address]'
    assert parts["error"].startswith("ValueError at web/test_logs.py:")
