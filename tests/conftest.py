"""What every test shares. Settings are read from the environment, so the data folder is chosen before Django starts."""

import os
import tempfile

_data = tempfile.mkdtemp(prefix="ssc-test-")
os.environ["SSC_DATA"] = _data
os.environ.setdefault("SSC_PROGRAM", "manage")
os.environ.setdefault("SSC_SIGNING_SECRET", "t" * 50)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "security_center.project.settings")
