"""Reads what a person names on the command line, and turns every fault into the sentences of `BadInput`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from . import BadInput

if TYPE_CHECKING:
    from simex.experiment import Study


def stored_study(folder: Path) -> Study:
    """The study of a folder, of an engine of this program only: a folder must not name code that is run.
    Raises `CannotRun` or `BadInput`."""
    from simex.experiment import Study
    from simex.experiment.chunks import ENGINES

    study = Study.stored(folder)
    if study.engine not in ENGINES.values():
        raise BadInput(
            f"{folder} holds runs of another engine (“{study.engine[:60]}”), which this program "
            "does not load."
        )
    return study


@contextmanager
def faults_as_sentences() -> Iterator[None]:
    """Raises `BadInput` for a design, plan, parameter file or folder that cannot be used."""
    from simex.experiment import CannotRun, FaultyDesign
    from simex.parameters import FaultyParameters

    try:
        yield
    except FaultyDesign as error:
        lines = "".join(f"\n  - {fault}" for fault in error.faults)
        raise BadInput(f"the design cannot be run:{lines}") from None
    except (CannotRun, FaultyParameters) as error:
        raise BadInput(str(error)) from None
    except OSError as error:
        raise BadInput(f"{error.filename or 'a file'} cannot be used: {error.strerror}.") from None
    except ValueError as error:
        if type(error).__module__.startswith("simex."):  # the plan's own faults
            raise BadInput(str(error)) from None
        raise
