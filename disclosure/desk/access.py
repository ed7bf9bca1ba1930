"""What there is to be allowed with requests: to see them, to file them, to work on them (assign, comment), to decide."""

SEE, FILE, WORK, DECIDE = (
    "disclosure.view_filing",
    "disclosure.add_filing",
    "disclosure.change_filing",
    "disclosure.add_approval",
)
