"""The answer of `lifetime_value`: models fitted, held against a period kept aside, and told."""
