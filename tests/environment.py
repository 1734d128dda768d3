"""The environment of every test run. Loaded with `-p` (see pyproject.toml), because pytest-django reads the settings before any conftest.py:
set later, the tests would run on the data folder, and with the key file, of whoever develops here."""

import os
import tempfile

os.environ["SSC_DATA"] = tempfile.mkdtemp(prefix="ssc-test-")
os.environ.setdefault("SSC_PROGRAM", "manage")
os.environ.setdefault("SSC_SIGNING_SECRET", "t" * 50)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "security_center.project.settings")
