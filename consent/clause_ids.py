"""The clauses that the product keeps, in the order of the policy. A text of the policy has each of them once."""

CLAUSE_IDS: tuple[str, ...] = (
    *("PRE-1", "PRE-2", "PRE-3", "PRE-4", "PRE-5"),
    *("COL-a", "COL-b"),
    *("EXC-a", "EXC-b", "EXC-c"),
    *("USE-a", "USE-b", "USE-c"),
    *("DIS-a", "DIS-b", "DIS-c", "DIS-d", "DIS-e", "DIS-f", "DIS-g"),
    *("STO-1", "STO-2"),
    *("COO-a", "COO-b", "COO-c"),
    *("SEC-a", "SEC-b"),
    *("CHG-a", "CHG-b"),
)
