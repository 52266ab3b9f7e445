"""The rulebook: its model, its conditions and their compilation, and what differs between two."""
