"""One card a segment or customer: what they buy, when, at which price, what they praise, what to do next."""
