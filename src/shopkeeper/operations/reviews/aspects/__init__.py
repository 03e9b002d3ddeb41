"""What reviews speak of and what they think of it: rows, reading, tables, sentences, the answer."""
