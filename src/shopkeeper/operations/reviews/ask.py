"""The verbs about reviews."""
