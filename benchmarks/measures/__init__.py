"""One line of the table each."""
