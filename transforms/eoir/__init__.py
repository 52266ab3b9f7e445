"""The court's public release as case records, and invented releases."""
