from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def sample_templates(settings: Any) -> None:
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [Path(__file__).parent / "templates"]}]


@pytest.fixture
def public_pages(public_program: Any, sample_templates: None) -> Any:
    """The public program with the web room's addresses only."""
    public_program.ROOT_URLCONF = "tests.web.sample_public_urls"
    return public_program


@pytest.fixture
def staff_pages(staff_program: Any) -> Any:
    """The staff program with the web room's addresses and the sign-in pages only."""
    staff_program.ROOT_URLCONF = "tests.web.sample_urls"
    return staff_program


@pytest.fixture
def public_site(public_pages: Any, serve: Callable[[], str]) -> str:
    return serve()


@pytest.fixture
def staff_site(staff_pages: Any, serve: Callable[[], str]) -> str:
    return serve()


@pytest.fixture
def person(db: None) -> Any:
    from security_center.foundation.organizations.models import Person

    return Person.objects.create_user(
        "rosa.ortiz@example.org", name="Rosa Ortiz", password="a long enough phrase"
    )
