"""The answer of `retention`: who comes back by period since the first, and what they have brought."""
