"""A small district for measurements: made by the same actions as the sample district, without its months of
reports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from . import system

SCHOOL = "lincoln-middle"
_PREPARE = """
import django; django.setup()
from security_center.project import preparation
preparation.make_tables(); preparation.make_key_file(); preparation.collect_static()
"""
_MAKE = """
import django; django.setup()
from sample_district import district, sign_in
from security_center.prevention.tasks import publish_forms
sample = district.build(); publish_forms(); sign_in.prepare(sample)
"""


def ready(name: str) -> Path:
    """A fresh data folder with the district, its open forms, and no report."""
    data = system.fresh(name)
    prepare(data)
    fill(data)
    return data


def prepare(data: Path, **more: str) -> None:
    """Tables, WAL and key, as a first start makes them."""
    _run(_PREPARE, data, **more)


def fill(data: Path, **more: str) -> None:
    """The district, its open forms, and how its people sign in."""
    _run(_MAKE, data, **more)


def _run(code: str, data: Path, **more: str) -> None:
    settings = system.environment(data, SSC_PROGRAM="manage", SSC_DEMO="yes", **more)
    subprocess.run([sys.executable, "-c", code], env=settings, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
