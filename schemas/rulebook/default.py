"""The rulebook that is used if none is named."""

DEFAULT = "ice-2011-11-17"
