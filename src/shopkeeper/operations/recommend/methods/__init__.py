"""Ways of recommending, one a file, the simplest honest one first."""
