"""Words in messages: numbers of things."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """Return a number of things, in words.

    Examples:
        >>> counted(1, "case"), counted(2500, "case")
        ('1 case', '2,500 cases')
    """
    return f"{number:,} {thing}" + ("" if number == 1 else "s")
