"""A person's own pages: what needs them, what is held about them, how their account is locked."""
