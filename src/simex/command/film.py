"""`./ssc simex film PLAN`: a drill or an evacuation as one page that plays in a browser, without a
network."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import BadInput
from .writing import make_ready

HELP = "film a lockdown drill or an evacuation on a plan, as one page for a browser"

EXAMPLES = """examples:
  ./ssc simex film school.json --scenario evacuation
  ./ssc simex film school.json --scenario evacuation --close-exit exit-west --out west-closed.html
  ./ssc simex film school.json --scenario lockdown-drill --seed 7

Only drills and evacuations: a run with a hazard is never filmed.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.add_argument("plan", type=Path, help="the plan's file")
    parser.add_argument(
        "--scenario", default="lockdown-drill", metavar="KIND", help="lockdown-drill (usual) or evacuation"
    )
    parser.add_argument(
        "--close-exit",
        action="append",
        default=[],
        metavar="EXIT",
        help="an exit that nobody may use; may be given several times",
    )
    parser.add_argument("--seed", type=int, default=1, help="of the people's places, speeds and delays")
    parser.add_argument(
        "--out", type=Path, default=Path("film.html"), metavar="FILE", help="the page (film.html)"
    )


def run(options: argparse.Namespace) -> int:
    from simex.files import write_whole
    from simex.film import CannotFilm, check_film, film_page, film_scene
    from simex.plan import FaultyPlan, UnreadablePlan, read_plan

    if not 0 <= options.seed < 2**63:
        raise BadInput("the seed is a whole number from 0 to 9,223,372,036,854,775,807.")
    try:
        plan = read_plan(options.plan)
        closed = tuple(options.close_exit)
        check_film(plan, options.scenario, closed)
        make_ready(options.out)
        sys.stdout.write("People walk …\n")
        sys.stdout.flush()
        scene = film_scene(plan, options.scenario, seed=options.seed, closed_exits=closed)
        page = film_page(scene)
        write_whole(options.out, page.encode())
    except (CannotFilm, FaultyPlan, UnreadablePlan) as error:
        raise BadInput(str(error)) from None
    except OSError as error:
        raise BadInput(f"{error.filename or options.out} cannot be used: {error.strerror}.") from None
    sys.stdout.write(
        f"{options.out}: {scene.outcome.ended_s:.0f} s with {len(scene.adult):,} people. Open it in "
        "a browser.\n"
    )
    return 0
