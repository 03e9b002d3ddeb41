"""What do customers speak of, what is new, and what has changed? The verb `review_topics`."""
