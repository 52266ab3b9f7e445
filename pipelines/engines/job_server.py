"""Beam's job server, which takes a pipeline to an engine: whether it is there, and its options."""

from __future__ import annotations

import grpc
from apache_beam.portability.api import beam_job_api_pb2 as api
from apache_beam.portability.api import beam_job_api_pb2_grpc as rpc

from schemas.errors import EngineError

_TIMEOUT = 20.0


def known_options(address: str) -> list[str]:
    """Return the names of the options that a job server knows.

    Args:
        address: Where it listens, `HOST:PORT`.

    Raises:
        EngineError: Nothing answers there.
    """
    with grpc.insecure_channel(address) as channel:
        try:
            asked = rpc.JobServiceStub(channel).DescribePipelineOptions(
                api.DescribePipelineOptionsRequest(), timeout=_TIMEOUT
            )
        except grpc.RpcError as error:
            raise EngineError(
                f"no job server of Beam answers at {address} ({error.code().name}); start one, as "
                "with scripts/flink up"
            ) from None
    return [str(option.name) for option in asked.options]
