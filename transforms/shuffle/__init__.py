"""Rows brought together by what they have in common, through files."""
