"""Where sessions of the staff program are kept (settings.SESSION_ENGINE).

Two secrets that are not in the database stand before each row. Its name is a digest of the cookie's key under
the signing secret, so whoever copies the table has no cookie; what it holds is sealed under a key made of
both, so they read nothing in it, and whoever can write to the table makes no session that anybody is signed
in with. The end is sealed in too: moving the column lengthens nothing."""

from __future__ import annotations

import hmac
import json
import time
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import DatabaseError, IntegrityError, transaction

from security_center.foundation.clock import now
from security_center.foundation.full_disk import is_full
from security_center.foundation.vault import sealing
from security_center.foundation.vault.errors import SealBroken

from .models import SignIn

_NAME, _CONTENT = "name of a staff session", "content of a staff session"
_NAME_BYTES = 20  # 160 bits in 40 characters, which is what Django's column holds
WHERE_FROM = (
    "_signed_in_from"  # in the session: when and with which browser it began, for the person's own list
)


def name_of(session_key: str) -> str:
    """What the row of the session with this cookie is called."""
    secret = sealing.derive_from_setting(settings.SECRET_KEY, _NAME)
    return hmac.digest(secret, session_key.encode(), "sha256")[:_NAME_BYTES].hex()


def _content_key(session_key: str) -> bytes:
    secret = sealing.derive_from_setting(settings.SECRET_KEY, _CONTENT)
    return sealing.derive(secret + session_key.encode(), _CONTENT)


# Names of those that ended while the disk was full: this program refuses them until their rows can be taken
# away.
_ended: set[str] = set()


def _take_away(*names: str) -> None:
    try:
        SignIn.objects.filter(pk__in=names).delete()
    except DatabaseError as error:
        if not is_full(error):
            raise
        _ended.update(names)
    else:
        _ended.difference_update(names)


class SessionStore(SessionBase):
    """Django's store in the database, with the key and the content kept from the table."""

    _get_new_session_key: Any  # of Django's own, whose stubs do not know them
    _get_session: Any

    def exists(self, session_key: str | None) -> bool:
        return session_key is not None and SignIn.objects.filter(pk=name_of(session_key)).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def load(self) -> dict[str, Any]:
        name = name_of(str(self.session_key))
        row = None if name in _ended else SignIn.objects.filter(pk=name).first()
        try:
            if row is None:
                raise SealBroken("There is no such session.")
            sealed = bytes.fromhex(row.session_data)
            kept = json.loads(
                sealing.open_sealed(
                    _content_key(str(self.session_key)), sealed, sealing.place(_CONTENT, row.pk)
                )
            )
        except (SealBroken, ValueError):
            kept = {"ends": 0.0}
        if kept["ends"] <= time.time():
            self._session_key = None
            return {}
        data: dict[str, Any] = kept["data"]
        return data

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        row = self._row(self._get_session(no_load=must_create))
        try:
            with transaction.atomic():
                row.save(force_insert=must_create, force_update=not must_create)
        except IntegrityError as error:
            raise (CreateError if must_create else UpdateError) from error
        except DatabaseError as error:
            if must_create or is_full(error):
                raise
            raise UpdateError from error  # it was ended meanwhile, in another browser: it must not come back
        if _ended:
            _take_away(*_ended)  # there is room again

    def _row(self, data: dict[str, Any]) -> SignIn:
        key, name, ends = str(self.session_key), name_of(str(self.session_key)), self.get_expiry_date()
        content = json.dumps({"data": data, "ends": ends.timestamp()}).encode()
        began_at, browser = data.get(WHERE_FROM) or (None, "")
        return SignIn(
            session_key=name,
            session_data=sealing.seal(_content_key(key), content, sealing.place(_CONTENT, name)).hex(),
            expire_date=ends,
            person_id=data.get("_auth_user_id"),
            began_at=began_at,
            browser=browser,
        )

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            _take_away(name_of(key))

    @classmethod
    def clear_expired(cls) -> None:
        SignIn.objects.filter(expire_date__lt=now()).delete()


def remember_where_from(*, request: Any, **_rest: Any) -> None:
    """Receiver of Django's user_logged_in: what the list of one's own sessions shows."""
    browser = request.META.get("HTTP_USER_AGENT", "")[: SignIn._meta.get_field("browser").max_length]
    request.session[WHERE_FROM] = [now().isoformat(), browser]
