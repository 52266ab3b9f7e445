"""What `scripts/faults` is made of: input whose content is known, and ways to damage it."""
