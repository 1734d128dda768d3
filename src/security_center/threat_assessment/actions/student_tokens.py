"""By what a case, or something incoming, is found again when the same student is named."""

from __future__ import annotations

from security_center.foundation.organizations.models import Organization
from security_center.foundation.vault.tokens import Blinder

from ..models import Case, Incoming, StudentToken
from ..queries.subject import TOKENS


def remember_student(
    *, name: str, district: Organization, case: Case | None = None, incoming: Incoming | None = None
) -> None:
    """Keep the keyed digests by which a case, or something incoming, is found again, in place of earlier
    ones. Called inside a transaction."""
    StudentToken.objects.filter(district=district, case=case, incoming=incoming).delete()
    rows = Blinder(district.pk, realm=TOKENS).all_of({"name": name})
    StudentToken.objects.bulk_create(
        [
            StudentToken(district=district, case=case, incoming=incoming, kind=kind, token=token)
            for kind, token in rows
        ]
    )
