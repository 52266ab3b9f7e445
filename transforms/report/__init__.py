"""Report: what a run recommends, as one page."""
