"""The answer of `paths`: from which step to which, with loops, entries and exits."""
