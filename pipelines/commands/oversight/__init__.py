"""Commands of oversight: what came of recommendations, on whom they fall, and training."""
