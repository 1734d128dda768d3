"""Backup and restore of everything that is kept: the database first, then the sealed files, in one
age-encrypted archive.

The archive alone opens nothing: it is encrypted to a key whose secret half lies in the recovery kit, and what
reporters wrote is sealed inside it under the vault's key, which only the kit holds as well. Keep archive and
kit in different places."""
