"""Loaded by every Python process that finds it: adds the verbs of the tests to those of the package."""

from planted_verbs import plant

plant()
