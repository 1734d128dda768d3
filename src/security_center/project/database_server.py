"""What a PostgreSQL server says to an address: asked once and past the pool, which would try for half a
minute and then not say why."""

from __future__ import annotations

import re
from contextlib import suppress

PATIENCE = 10  # seconds

_REFUSED = re.compile(
    r'authentication failed|no password supplied|role ".*" does not exist|no pg_hba\.conf '
    r"entry|permission denied for database"
)
_NO_SUCH = re.compile(r'database ".*" does not exist')


class NoAnswer(Exception):
    """The server is not there, or not yet. The message is a sentence."""


class Refused(Exception):
    """It answers, and the setting has to be mended first: waiting helps nothing. The message is a sentence
    with nothing of the password in it."""


def ask(url: str, setting: str = "DATABASE_URL") -> None:
    """Raises NoAnswer, Refused."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        given = conninfo_to_dict(url)
        psycopg.connect(url, connect_timeout=PATIENCE).close()
    except psycopg.OperationalError as error:
        server = _server(
            url, str(given.get("host") or "the local socket"), str(given.get("port") or 5432), setting
        )
        if _REFUSED.search(str(error)):
            raise Refused(f"{server} refuses the name or the password of {setting}.") from None
        if _NO_SUCH.search(str(error)):
            raise Refused(f"{server} has no database of the name that stands in {setting}.") from None
        raise NoAnswer(f"{server} does not answer.") from None
    except psycopg.ProgrammingError:  # an option that only Django knows: a start will tell
        return


def _server(url: str, host: str, port: str, setting: str) -> str:
    if url.count("@") > 1 or not port.isdigit():  # a part of a password would be taken for the host or port
        return f"The database of {setting} (in its password, write @ as %40, / as %2F and : as %3A)"
    return f"The database at {host}:{port}"


def refusal(url: str, setting: str = "DATABASE_URL") -> str:
    """Why no start with `url` can work, or "": no address, all is well, or a server that is not up yet and is
    waited for."""
    try:
        with suppress(NoAnswer):
            if url:
                ask(url, setting)
    except Refused as refused:
        return str(refused)
    return ""
