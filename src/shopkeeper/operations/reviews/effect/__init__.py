"""How behaviour differs by the sentiment of reviews: features, comparisons, and the answer."""
