"""What there is to be allowed with the policy: to see drafts, to write them, to publish what somebody else wrote."""

SEE, BEGIN, WRITE, PUBLISH = (
    "consent.view_policydraft",
    "consent.add_policydraft",
    "consent.change_policydraft",
    "consent.add_policy",
)
