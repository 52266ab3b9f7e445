"""Route: from criteria to a recommendation, with its checks and what to ask."""
