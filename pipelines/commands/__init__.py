"""Commands that aren't pipelines: they read a run, a night, or one case."""
