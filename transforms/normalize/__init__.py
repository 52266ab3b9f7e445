"""Normalize: bring case records from agencies' spellings into one."""
