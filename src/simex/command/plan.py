"""`./ssc simex plan import|check|draw|generate`: floor plans as files."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from simex.command import BadInput
from simex.command.writing import make_ready, tell_written
from simex.plan import (
    KINDS,
    Fault,
    LockType,
    Plan,
    UnreadablePlan,
    benchmark,
    faults,
    generate,
    read_plan,
    write_plan,
)
from simex.plan.drawing import UnknownPicture, draw

HELP = "import, check, draw or generate a school's floor plan"

EXAMPLES = """examples:
  ./ssc simex plan generate --kind high --students 1000 school.json
  ./ssc simex plan import building.ifc school.json --office "Front office"
  ./ssc simex plan check school.json --picture faults.svg
  ./ssc simex plan draw school.json school.png --level 1

The file's format is described in docs/simex/plan.md.
"""
MENDING = (
    "A plan with faults is not run. Correct them in the plan's file, or import again with "
    "--replace, --office and the name of a room, "
    "and --without-unreachable for rooms that no way leads to."
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    raw = argparse.RawDescriptionHelpFormatter
    deeds = parser.add_subparsers(dest="deed", metavar="import|check|draw|generate", required=True)

    bring = deeds.add_parser(
        "import",
        help="make a plan of an IFC, DXF, GeoJSON or IMDF file",
        allow_abbrev=False,
        epilog=EXAMPLES,
        formatter_class=raw,
    )
    bring.add_argument(
        "file", type=Path, help="the building's file: .ifc, .ifczip, .dxf, .geojson or an IMDF .zip"
    )
    bring.add_argument(
        "out",
        type=Path,
        nargs="?",
        help="where to write the plan; without it the file is only read and told about",
    )
    bring.add_argument(
        "--json",
        action="store_true",
        help="print what the file holds as JSON: counts, storeys, spaces, doors",
    )
    bring.add_argument(
        "--office", metavar="ROOM", help="the room from which announcements are made, by its name"
    )
    bring.add_argument("--grades", choices=list(KINDS), default="high", help="which walking speeds apply")
    bring.add_argument(
        "--lock",
        choices=[lock.value for lock in LockType],
        default=LockType.INSIDE_KEY.value,
        help="of rooms to be locked",
    )
    bring.add_argument(
        "--without-unreachable",
        action="store_true",
        help="leave out rooms that no way leads to from outside, and list them",
    )
    bring.add_argument(
        "--picture",
        type=Path,
        metavar="FILE",
        help="also draw the plan with its faults marked (.svg or .png)",
    )
    bring.add_argument("--replace", action="store_true", help="write over a file that is there")
    bring.set_defaults(do=_import)

    check = deeds.add_parser(
        "check",
        help="name every fault of a plan; exit code 1 where there is one",
        allow_abbrev=False,
        epilog=EXAMPLES,
        formatter_class=raw,
    )
    check.add_argument("plan", type=Path, help="the plan's file")
    check.add_argument(
        "--picture",
        type=Path,
        metavar="FILE",
        help="also draw the plan with the faults marked (.svg or .png)",
    )
    check.add_argument("--json", action="store_true", help="print the faults as JSON")
    check.set_defaults(do=_check)

    drawing = deeds.add_parser(
        "draw", help="draw a plan as SVG or PNG", allow_abbrev=False, epilog=EXAMPLES, formatter_class=raw
    )
    drawing.add_argument("plan", type=Path, help="the plan's file")
    drawing.add_argument("picture", type=Path, help="the picture's file, .svg or .png")
    drawing.add_argument("--level", metavar="ID", help="only this level")
    drawing.set_defaults(do=_draw)

    make = deeds.add_parser(
        "generate",
        help="make a school's plan from a few numbers",
        allow_abbrev=False,
        epilog=EXAMPLES,
        formatter_class=raw,
    )
    make.add_argument("out", type=Path, help="where to write the plan")
    make.add_argument("--kind", choices=list(KINDS), default="high")
    make.add_argument("--students", type=int, help="20 to 6,000")
    make.add_argument("--class-size", type=int, help="8 to 40")
    make.add_argument("--wings", type=int, help="1 to 6 classroom wings")
    make.add_argument("--storeys", type=int, help="1 to 4")
    make.add_argument(
        "--lock",
        choices=[lock.value for lock in LockType],
        default=LockType.INSIDE_KEY.value,
        help="of every room to be locked",
    )
    make.add_argument("--glazing", action="store_true", help="glass beside the lock of every classroom")
    make.add_argument("--name", help="the school's name")
    make.add_argument(
        "--benchmark",
        type=int,
        metavar="ROOMS",
        help="the corridor with this many rooms that engines are timed on, instead of a school",
    )
    make.add_argument("--replace", action="store_true", help="write over a file that is there")
    make.set_defaults(do=_generate)


def run(options: argparse.Namespace) -> int:
    try:
        return int(options.do(options))
    except (UnreadablePlan, UnknownPicture) as error:
        raise BadInput(str(error)) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        raise BadInput(
            f"{error.filename or 'The file'} cannot be written: {error.strerror or error}."
        ) from None


def _import(options: argparse.Namespace) -> int:
    from simex.importing import Unimportable, Wishes, import_plan

    if options.out:
        spare(options.out, replace=options.replace)
    chosen = [path for path in (options.out, options.picture) if path]
    make_ready(*chosen)
    wishes = Wishes(options.office, LockType(options.lock), options.without_unreachable, options.grades)
    try:
        found = import_plan(options.file, wishes)
    except Unimportable as error:
        raise BadInput(str(error)) from None
    plan = found.plan
    if options.out:
        write_plan(plan, options.out)
    wrong = faults(plan) if options.picture or not options.json else []
    if options.picture:
        draw(plan, options.picture, faults=wrong)
    if options.json:
        sys.stdout.write(json.dumps(found.summary.as_fields(), ensure_ascii=False, indent=2) + "\n")
    else:
        notes = "".join(f"  - {note}\n" for note in plan.notes)
        mend = f"{MENDING}\n" if any(not fault.is_remark for fault in wrong) else ""
        sys.stdout.write(
            told(plan, wrong)
            + mend
            + (f"Notes ({len(plan.notes)}), also in the plan's file:\n{notes}" if notes else "")
        )
        if chosen:
            tell_written(*chosen)
    return 0


def _check(options: argparse.Namespace) -> int:
    plan = read_plan(options.plan, refuse_faults=False)
    found = faults(plan)
    if options.picture:
        make_ready(options.picture)
        draw(plan, options.picture, faults=found)
    if options.json:
        sys.stdout.write(
            json.dumps([as_fields(fault) for fault in found], ensure_ascii=False, indent=2) + "\n"
        )
    else:
        sys.stdout.write(told(plan, found))
        if options.picture:
            tell_written(options.picture)
    return 1 if any(not fault.is_remark for fault in found) else 0


def as_fields(fault: Fault) -> dict[str, object]:
    return {
        "kind": fault.kind.value,
        "remark": fault.is_remark,
        "sentence": fault.sentence,
        "level": fault.level,
        "position": None
        if fault.position is None
        else [round(fault.position[0], 3), round(fault.position[1], 3)],
        "subjects": list(fault.subjects),
    }


def told(plan: Plan, found: list[Fault]) -> str:
    """What a person reads about a plan and its faults."""
    counts = (
        (len(plan.levels), "level", "levels"),
        (len(plan.spaces), "room", "rooms"),
        (len(plan.portals), "door or opening", "doors and openings"),
        (len(plan.exits), "exit", "exits"),
    )
    lines = [
        (
            f"{plan.name}: "
            f"{', '.join(f'{count:,} {one if count == 1 else many}' for count, one, many in counts)}."
        )
    ]
    for title, chosen in (
        ("Faults", [fault for fault in found if not fault.is_remark]),
        ("Remarks", [fault for fault in found if fault.is_remark]),
    ):
        if chosen:
            lines.append(f"{title} ({len(chosen)}):")
            lines += [
                f"  {number}. {fault.sentence}{_place(fault)}" for number, fault in enumerate(chosen, 1)
            ]
    if not any(not fault.is_remark for fault in found):
        lines.append("The plan is sound.")
    return "\n".join(lines) + "\n"


def _place(fault: Fault) -> str:
    return (
        ""
        if fault.position is None
        else f" [level {fault.level}, x {fault.position[0]:.1f} m, y {fault.position[1]:.1f} m]"
    )


def _draw(options: argparse.Namespace) -> int:
    plan = read_plan(options.plan, refuse_faults=False)
    make_ready(options.picture)
    draw(plan, options.picture, level=options.level)
    tell_written(options.picture)
    return 0


def _generate(options: argparse.Namespace) -> int:
    spare(options.out, replace=options.replace)
    make_ready(options.out)
    try:
        if options.benchmark is not None:
            plan = benchmark(options.benchmark)
        else:
            plan = generate(
                options.kind,
                options.students,
                class_size=options.class_size,
                wings=options.wings,
                storeys=options.storeys,
                lock=LockType(options.lock),
                glazing_beside_lock=options.glazing,
                name=options.name,
            )
    except ValueError as error:
        raise BadInput(str(error)) from None
    write_plan(plan, options.out)
    sys.stdout.write(told(plan, faults(plan)))
    tell_written(options.out)
    return 0


def spare(path: Path, *, replace: bool) -> None:
    """Refuses to write over a plan that somebody may have worked on."""
    if path.exists() and not replace:
        raise BadInput(f"{path} is there already. Give another name, or --replace to write over it.")
