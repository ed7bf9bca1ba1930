"""Pages for people: who received their data, and what they ask of each other; and the page of an authority."""
