"""Pages of the public program: find a school, report, come back. No cookie but the returning reporter's, no
session, no script needed."""
