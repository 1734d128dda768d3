"""Why a column's text may be clear, in words that the rooms' own tables (tests/<room>/columns.py) share."""

CODE = "a code of our own lists, never typed"
OURS = "made by this program, never typed"
STAFF = "about a member of staff at work, needed to sign in, to be told and to be named as responsible"
PLACE = "a public fact about a school or district, shown on public pages"
DIGEST = "a digest or a public or wrapped key, not a text"
