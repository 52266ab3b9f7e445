"""Export: a run as tables for spreadsheets, databases, and other programs."""
