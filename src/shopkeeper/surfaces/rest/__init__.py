"""The shop over HTTP: a route for every verb, derived from its signature and docstring."""
