"""What customers said: sentiment, aspects, topics, and down to the text of a single review."""
