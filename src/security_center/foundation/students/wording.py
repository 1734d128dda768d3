"""What is wrong with a row or a file of the register, as a sentence that says what to do; and how facts are
called."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from .csv_rows import Fault

FAULTS: dict[str, Any] = {
    # of the whole file
    "binary": _("This is no CSV file. Export the students as CSV and send that."),
    "column_twice": _("Two columns are called “%(cell)s” or mean the same. Delete one of them."),
    "empty": _("The file is empty. Export it again."),
    "file_gone": _("The file did not arrive whole. Send it again."),
    "no_grade": _("No column names the grade. Call one of them “grade”."),
    "no_identifier": _("No column names the student number. Call one of them “student number”."),
    "no_name": _(
        "No column names the student. Call one of them “name”, or two of them “first name” and “last name”."
    ),
    "no_school": _(
        "No column names the school. Call one of them “school”, or choose above which school the file is of."
    ),
    "only_headings": _("The file has headings and no students. Export it again."),
    "quotes": _("From row %(cell)s on the quotation marks do not close. Export the file again, as CSV."),
    "roster": _(
        "This is no roster that we know. Send OneRoster or School Data Sync files, all of them together."
    ),
    "roster_delta": _("This roster names only what has changed. Export all students (in OneRoster: bulk)."),
    "roster_file": _("A file of the roster cannot be read: %(cell)s. Export it again."),
    "roster_rows": _(
        "A file of the roster has more than 500,000 rows: %(cell)s. Export each school or each "
        "level by itself."
    ),
    "roster_zip": _(
        "This zip file cannot be used. Pack the CSV files of the roster again, without a password."
    ),
    "spreadsheet": _("This is a spreadsheet file. Save it as CSV and send that."),
    # of one row
    "birth_date": _(
        "“%(cell)s” is no date on which a student was born. Write it as 2012-05-30 or 5/30/2012."
    ),
    "formula": _("“%(cell)s” begins like a formula. Save the sheet with its values, then export it again."),
    "grade": _("“%(cell)s” is no grade. Write PK, K or 1 to 12."),
    "identifier_missing": _("The student number is missing. Without it nobody can be told apart for sure."),
    "name_missing": _("The name is missing."),
    "school": _(
        "“%(cell)s” is no school of this district. Write its name or number as it is entered under "
        "Organizations."
    ),
    "too_long": _("“%(cell)s…” is too long. Shorten it."),
    "too_many_cells": _(
        "There are more cells than headings. Put a text with a comma in it between quotation marks, "
        "or remove “%(cell)s”."
    ),
    "twice": _(
        "Row %(cell)s has the same student number. Find out which of the two is right and delete the other."
    ),
    "yes_no": _("“%(cell)s” is neither yes nor no."),
}

COLUMNS: dict[str, Any] = {
    "birth_date": _("date of birth"),
    "custody_note": _("note on custody"),
    "grade": _("grade"),
    "guardians": _("guardians"),
    "iep": _("IEP"),
    "name": _("name"),
    "recognize": _("how to recognize the student"),
    "schedule": _("schedule"),
    "school": _("school"),
    "section_504": _("504 plan"),
}


def sentence(fault: Fault) -> str:
    return str(FAULTS[fault.code]) % {"cell": fault.cell}
