"""Our counters among Beam's."""

import json

from pipelines.engines.metrics import counters_in


def counter(name: str, payload: str, namespace: str = "discretion") -> dict[str, object]:
    return {
        "urn": "beam:metric:user:sum_int64:v1",
        "payload": payload,
        "labels": {"NAMESPACE": namespace, "NAME": name, "PTRANSFORM": "x"},
    }


def test_adds_up_our_counters_over_steps() -> None:
    # As Flink showed them for 2,019 ids: 0xE3 0x0F is 99 + 15 * 128.
    ids, more, other = counter("ids", "4w8="), counter("ids", "AQ=="), counter("ids", "AQ==", "x")
    metrics = {"attempted": {"monitoringInfos": [ids, more, other, counter("cases", "")]}}
    assert counters_in(json.dumps(metrics)) == {"ids": 2020, "cases": 0}


def test_no_metrics_yet_are_no_counters() -> None:
    assert counters_in("") == {}
