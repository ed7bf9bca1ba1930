"""What ends with a partner's last engagement: its clients' scopes, by date too, and whether a job has run or not (USE-a).

The clients keep what they were granted. Whether it may be used follows from the engagements at each call: nothing has
to be taken away by its date, and a new engagement gives it back.
"""

from datetime import datetime
from uuid import UUID

from django.db import connection

from disclosure.certificate_states import State
from users.models.partners import Scope
from users.withheld import withholds_scopes

_NOTHING: frozenset[str] = frozenset()
WITH_THE_LAST = frozenset({Scope.DECISIONS.value, Scope.DISCLOSURES.value, Scope.CONTRIBUTIONS.value})
"""Withheld once the last engagement is over. Hearing of ends, and certifying, goes on."""
WITH_THE_LAST_CERTIFICATE = WITH_THE_LAST | {Scope.EVENTS.value}

# Every call asks this: written out, it takes a sixth of what it takes through the ORM.
_COUNTS = """
SELECT count(*), count(*) FILTER (WHERE e.ended_at IS NOT NULL OR e.valid_until <= %s),
       count(*) FILTER (WHERE d.state = %s)
FROM disclosure_engagement e LEFT JOIN disclosure_certificatedemand d ON d.engagement_id = e.id
WHERE e.partner_id = %s
"""


@withholds_scopes
def withheld_scopes(partner_id: UUID, at: datetime) -> frozenset[str]:
    """Nothing from a partner that is engaged, will be, or never was."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [at, State.ACCEPTED.value, partner_id])
        engaged, over, certified = cursor.fetchone()
    if not engaged or over < engaged:
        return _NOTHING
    return WITH_THE_LAST_CERTIFICATE if certified == engaged else WITH_THE_LAST
