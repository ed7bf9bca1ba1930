"""The clauses that the product keeps, in the order of the policy. A text of the policy has each of them once."""

from privacy_app.clauses import REGISTER

CLAUSE_IDS: tuple[str, ...] = tuple(promise.id for promise in REGISTER)
