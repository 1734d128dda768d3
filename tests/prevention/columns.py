"""What the columns of this room hold: see tests/house/test_sealed_columns.py."""

from tests.house.columns import CODE, OURS, PLACE

SEALED = {
    "prevention.TrustedAdult.name",
}

# room.Model.column → why it may be clear
CLEAR = {
    "prevention.Check.half": OURS,
    "prevention.Holiday.name": PLACE,
    "prevention.Plan.adopted_for": "on whose behalf a public document is adopted",
    "prevention.Plan.interview_order": CODE,
    "prevention.Plan.law_of": CODE,
    "prevention.Plan.other_line_name": PLACE,
    "prevention.Plan.other_line_number": PLACE,
    "prevention.Plan.rule_set": CODE,
    "prevention.Plan.scheme": CODE,
    "prevention.Plan.state": CODE,
    "prevention.PublishedForm.closed_because": CODE,
    "prevention.PublishedForm.other_line_name": PLACE,
    "prevention.PublishedForm.other_line_number": PLACE,
    "prevention.PublishedPlan.adopted_for": "on whose behalf a public document is adopted",
}

# Tables of which the public program's database role may read at least a column
READ_BY_PUBLIC = {"prevention_publishedform", "prevention_publishedplan"}
