"""The vault: keys, sealing of text and files, receipts, blinded look-ups, shredding.

It knows nothing of organizations, reports or people: recipients are names ("desk:17"), records are UUIDs,
actors are strings. It also writes nothing to the ledger, which stands beside it: the room that creates,
rotates, shreds, holds or releases records that in the same transaction."""


def selftest() -> None:
    """Seal and open once with every construction in use; raises `checks.SelfTestFailed` with a sentence. Call
    it when a program starts."""
    from security_center.foundation.vault import checks

    checks.selftest()
