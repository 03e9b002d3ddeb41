"""The answer of `searches`: what is looked for, what is found, and what the shop does not sell."""
