"""Who is overdue, by each customer's own rhythm, and who is likely not to buy again soon."""
