"""Beam transforms over frames of cases: pure frame functions, each with a thin PTransform."""
