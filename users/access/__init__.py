"""Access records (COL-a): what is recorded of each request, where it waits, how it is kept, read and forgotten."""
