"""A segment from a sentence: what is read becomes a visible rule; what cannot be read is told."""
