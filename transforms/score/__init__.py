"""Score: from case records to facts, presumptions, milestones, criteria, and points."""
