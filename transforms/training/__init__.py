"""Training: a course made from a rulebook's own examples, and what its results tell."""
