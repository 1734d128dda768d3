"""What can go wrong while opening. The other errors stand beside the functions that raise them."""


class VaultError(Exception):
    """Everything the vault refuses."""


class SealBroken(VaultError):
    """A sealed value does not open: it was changed, cut, moved to another place, or sealed under another key.
    Nothing of it is returned."""
