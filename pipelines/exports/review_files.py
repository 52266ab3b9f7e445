"""Files of reviews in the directory that nights read, one per import."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import polars as pl

from pipelines.exports.decided import DecidedBook
from schemas.avro import avro_schema
from schemas.errors import OutputError
from transforms.avro.encode import encode_blocks, write_header
from transforms.files import storage
from transforms.files.schemes import check_scheme


class Written(NamedTuple):
    """A file of reviews, and whether it was there already."""

    path: str
    was_there: bool


def write_reviews(folder: str, book: DecidedBook) -> Written | None:
    """Write the reviews of a worklist to a file named for its content.

    Args:
        folder: The directory; it is made if necessary.
        book: The decisions.

    Returns:
        The file; None if there are no reviews.

    Raises:
        OutputError: It can't be written.
    """
    check_scheme(folder)
    reviews = pl.concat([one.reviews for one in book.decided])
    if reviews.is_empty():
        return None
    schema = avro_schema("review")
    content = write_header(schema) + encode_blocks(reviews, schema)
    path = f"{folder}/worklist-{hashlib.sha256(content).hexdigest()[:16]}.avro"
    try:
        storage.make_directory(folder)
        if storage.exists(path):
            return Written(path, was_there=True)
        storage.write_whole(path, content)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({storage.why_not(error)})") from None
    return Written(path, was_there=False)
