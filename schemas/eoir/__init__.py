"""The court's public release: its tables, their columns, and their headers."""
