"""The project's errors: problems that the user can act on.

The message is one line. It names the file, the field, the kind of value, what is allowed, and what
to do, but never the value of a person's field.
"""

from __future__ import annotations


class DiscretionError(ValueError):
    """An error with a message for the user.

    Args:
        message: The message.
        plain: Only for Beam, which makes the error again with its own words after `message`.
    """

    def __init__(self, message: str, plain: str | None = None) -> None:
        super().__init__(message, message if plain is None else plain)

    def __str__(self) -> str:
        return str(self.args[1])


class UsageError(DiscretionError):
    """Options that don't go together, or an option whose value isn't allowed."""


class InputError(DiscretionError):
    """Input that can't be used."""


class OutputError(DiscretionError):
    """Output that can't be written, or that already exists."""


class BusyError(DiscretionError):
    """Another process is working in the same place."""


class EngineError(DiscretionError):
    """An engine that runs a pipeline isn't there, was lost, or gave up."""


class RunError(InputError):
    """A run that can't be read."""


class DamagedError(RunError):
    """A file of an earlier run that can't be read whole."""


class RulebookError(InputError):
    """A rulebook that can't be used; each line says where and why.

    Args:
        file: The file's name as the user gave it.
        lines: One message per problem, `FILE:LINE: reason`.
    """

    def __init__(self, file: str, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.file = file
        self.lines = lines


class ConditionError(InputError):
    """A condition in a rulebook that isn't allowed; the message says what and why."""


class AvroFormatError(InputError):
    """A file that isn't an Avro file, or whose header is damaged."""


class CutShortError(AvroFormatError):
    """A file that ends within its header, perhaps because it is still being written."""


class TooLargeError(InputError):
    """Content beyond one of the bounds in `transforms.avro.bounds`."""


class CodecError(InputError):
    """A block that its codec can't decompress."""


class SchemaMismatchError(InputError):
    """A file whose schema can't be read as the expected one."""


class DecodeError(InputError):
    """A block that can't be decoded."""
