"""The ways of reading a review, the simplest honest one first."""
