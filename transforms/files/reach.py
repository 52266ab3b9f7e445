"""Whether an object store can be reached: its bucket, and the credentials for it."""

from __future__ import annotations

import functools
import logging
from typing import Any, TypeVar
from urllib.parse import urlsplit

from schemas.errors import DiscretionError
from transforms.files.schemes import check_scheme
from transforms.files.storage import beam_files, is_local, scheme_of

_Error = TypeVar("_Error", bound=DiscretionError)
_GOOGLE_LOGIN = (
    "there are no Google credentials; run gcloud auth application-default login, or set "
    "GOOGLE_APPLICATION_CREDENTIALS to a key file"
)
_AWS_LOGIN = (
    "there are no AWS credentials; run aws configure, or set AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY"
)
_NO_BUCKET = "there is no such bucket; correct its name, or make it"
_NOT_ALLOWED = "the credentials may not list the bucket; ask its owner for access"
_NOT_VALID = "the credentials aren't valid, or no longer; renew them"


def check_place(path: str, error: type[_Error]) -> None:
    """Check that a path's file system is available and, in an object store, its bucket.

    Args:
        path: A path, with or without a scheme.
        error: The error to raise if the bucket can't be reached.

    Raises:
        UsageError: The scheme doesn't exist, or its client isn't installed.
    """
    check_scheme(path)
    if is_local(path):
        return
    if why := _why_not(scheme_of(path), urlsplit(path).netloc):
        raise error(f"{path}: {why}")


@functools.cache
def _why_not(scheme: str, bucket: str) -> str | None:
    """Say why a bucket can't be listed, and what to do; None if it can, or nobody knows."""
    look = {"s3": _s3, "gs": _gs}.get(scheme)
    return look(bucket) if look else None


def s3_client(path: str) -> Any:
    """Return boto3's client for a path, as Beam makes it from its options."""
    from apache_beam.io.aws import s3io

    return s3io.S3IO(options=beam_files(path).get_filesystem(path)._options).client.client


def google_client(path: str) -> Any:
    """Return Google's storage client for a path, as Beam makes it from its options."""
    from apache_beam.io.gcp.gcsio import GcsIO

    options = beam_files(path).get_filesystem(path)._pipeline_options
    return GcsIO(pipeline_options=options).client


def _s3(bucket: str) -> str | None:
    from botocore import exceptions

    try:
        s3_client(f"s3://{bucket}/").list_objects_v2(Bucket=bucket, MaxKeys=1)
    except exceptions.ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        known = {"NoSuchBucket": _NO_BUCKET, "404": _NO_BUCKET, "AccessDenied": _NOT_ALLOWED}
        credentials = ("Token", "AccessKey", "Signature")
        otherwise = _NOT_VALID if any(word in code for word in credentials) else "cannot be read"
        return f"{known.get(code, otherwise)} ({code})"
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError):
        return _AWS_LOGIN
    except exceptions.ParamValidationError:
        return f"{bucket} isn't a valid name of a bucket"
    except exceptions.BotoCoreError as error:
        return _no_answer(error)
    return None


def _gs(bucket: str) -> str | None:
    import google.auth
    from google.api_core import exceptions
    from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
    from requests.exceptions import RequestException

    from transforms.files.clients import uses_emulator

    try:
        if not uses_emulator():
            # It logs that it found none, which the answer below says.
            logging.getLogger("google.auth").setLevel(logging.ERROR)
            google.auth.default()
        client = google_client(f"gs://{bucket}/")
        list(client.list_blobs(bucket, max_results=1, retry=None, timeout=20))
    except DefaultCredentialsError:
        return _GOOGLE_LOGIN
    except exceptions.NotFound:
        return _NO_BUCKET
    except exceptions.Forbidden:
        return _NOT_ALLOWED
    except (exceptions.Unauthorized, GoogleAuthError):
        return _NOT_VALID
    except (exceptions.GoogleAPIError, RequestException, ValueError) as error:
        return _no_answer(error)
    return None


def _no_answer(error: Exception) -> str:
    return f"cannot be reached ({type(error).__name__}); check the network and the address"
