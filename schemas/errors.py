"""The errors of the project: what goes wrong for a reason that the user can act on.

The message is one line. It names the file, the field, the kind of value, what is allowed and what
to do; never the value of a person's field.
"""

from __future__ import annotations


class DiscretionError(ValueError):
    """An error with a message for the user.

    Args:
        message: The message.
        plain: Only for Beam, which makes the error again with its own words behind `message`.
    """

    def __init__(self, message: str, plain: str | None = None) -> None:
        super().__init__(message, message if plain is None else plain)

    def __str__(self) -> str:
        return str(self.args[1])


class UsageError(DiscretionError):
    """Options that make no sense together, or an option whose value is not allowed."""


class InputError(DiscretionError):
    """Input that cannot be used."""


class OutputError(DiscretionError):
    """Output that cannot be written, or exists already."""


class BusyError(DiscretionError):
    """Another process is at work in the same place."""


class RunError(InputError):
    """A run that cannot be read."""


class DamagedError(RunError):
    """A file of an earlier run that cannot be read whole."""


class RulebookError(InputError):
    """A rulebook that cannot be used; each line says where and why.

    Args:
        file: The file's name as the user gave it.
        lines: One message a problem, `FILE:LINE: reason`.
    """

    def __init__(self, file: str, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.file = file
        self.lines = lines


class ConditionError(InputError):
    """A condition of a rulebook that is not allowed; the message says what and why."""


class AvroFormatError(InputError):
    """A file that is not an Avro file, or whose header is damaged."""


class CutShortError(AvroFormatError):
    """A file that ends within its header, as one does that is still being written."""


class TooLargeError(InputError):
    """Content beyond one of the bounds of `transforms.avro.bounds`."""


class CodecError(InputError):
    """A block that its codec cannot decompress."""


class SchemaMismatchError(InputError):
    """A file whose schema cannot be read as the one that is wanted."""


class DecodeError(InputError):
    """A block that cannot be decoded."""
