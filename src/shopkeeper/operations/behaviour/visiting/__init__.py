"""The answer of `sessions`: how long, how deep, and what becomes of them by entry and device."""
