"""A run's directory: written whole, summarized, locked, and found again."""
