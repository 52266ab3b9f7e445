"""Commands that are no pipeline: they read what a run or a night left, or one case."""
