"""Programs that measure, each with what it compares with in the same run; see README.md."""
