"""Small objects that are written on the condition that nobody else has written them since.

Where a disk has locks, an object store has this: If-Match and If-None-Match in S3's protocol, and
generation matches in Google's.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from schemas.errors import UsageError
from transforms.files.reach import google_client, s3_client
from transforms.files.storage import scheme_of

SCHEMES = ("s3", "gs")
# An object that was written or removed meanwhile, or is being written right now.
_LOST = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "412", "409")


class Version(NamedTuple):
    """An object's bytes, and the version of it that they are."""

    content: bytes
    tag: str


def check_conditional(path: str) -> None:
    """Check that the store of a path can write on a condition.

    Raises:
        UsageError: It can't, as far as is known.
    """
    if scheme_of(path) not in SCHEMES:
        known = " or ".join(f"{scheme}://" for scheme in SCHEMES)
        raise UsageError(f"{path}: give a directory on a local or mounted disk, or in {known}")


def read_version(path: str) -> Version | None:
    """Read an object with its version; None if there is none."""
    bucket, name = _parts(path)
    if scheme_of(path) == "s3":
        client = s3_client(path)
        try:
            found = client.get_object(Bucket=bucket, Key=name)
        except client.exceptions.NoSuchKey:
            return None
        return Version(found["Body"].read(), found["ETag"])
    from google.api_core.exceptions import NotFound, PreconditionFailed

    blob = google_client(path).bucket(bucket).get_blob(name)
    if blob is None:
        return None
    tag = blob.generation
    try:
        return Version(blob.download_as_bytes(if_generation_match=tag), str(tag))
    except (NotFound, PreconditionFailed):
        # It was replaced in between.
        return read_version(path)


def write_if(path: str, content: bytes, tag: str | None) -> bool:
    """Write an object, in one step, unless somebody else has written it.

    Args:
        path: The object.
        content: Its bytes; in S3, they alone make a version, so no two writers may have the same.
        tag: The version that it must have; None if it must not exist.

    Returns:
        Whether it was written.
    """
    bucket, name = _parts(path)
    if scheme_of(path) == "s3":
        from botocore.exceptions import ClientError

        condition = {"IfNoneMatch": "*"} if tag is None else {"IfMatch": tag}
        try:
            s3_client(path).put_object(Bucket=bucket, Key=name, Body=content, **condition)
        except ClientError as error:
            if str(error.response.get("Error", {}).get("Code")) in _LOST:
                return False
            raise
        return True
    from google.api_core.exceptions import PreconditionFailed

    blob = google_client(path).bucket(bucket).blob(name)
    try:
        blob.upload_from_string(content, if_generation_match=0 if tag is None else int(tag))
    except PreconditionFailed:
        return False
    return True


def _parts(path: str) -> tuple[str, str]:
    split = urlsplit(path)
    return split.netloc, split.path.lstrip("/")
