"""A small district for measurements: made by the same actions as the sample district, without its months of
reports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from . import system

SCHOOL = "lincoln-middle"
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
    settings = system.environment(data, SSC_PROGRAM="manage", SSC_DEMO="yes")
    subprocess.run([sys.executable, "-c", _MAKE], env=settings, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return data


def prepare(data: Path, **more: str) -> None:
    """Tables, WAL and key, as a first start makes them."""
    code = (
        "import django; django.setup();from security_center.project import preparation as p; "
        "p.make_tables(); p.make_key_file(); p.collect_static()"
    )
    settings = system.environment(data, SSC_PROGRAM="manage", SSC_DEMO="yes", **more)
    subprocess.run([sys.executable, "-c", code], env=settings, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
