"""A data folder of its own for each test of the vault, with a fresh key file where the test asks for one."""

from pathlib import Path

import pytest

from security_center.foundation.vault import provider


@pytest.fixture
def data_folder(tmp_path: Path, settings) -> Path:
    settings.SSC_DATA = tmp_path
    return tmp_path


@pytest.fixture
def open_vault(db, data_folder: Path) -> Path:
    """The data folder, with its key file."""
    provider.create_key_file()
    return data_folder
