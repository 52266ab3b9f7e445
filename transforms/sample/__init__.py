"""Invented backlogs, and events for them."""
