"""The answer of `explain_change`: why a metric moved between two periods, to the last cent."""
