"""The answer of `baskets`: what is bought together, what is viewed together, and what stands for what."""
