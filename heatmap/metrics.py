"""Counts and durations for Prometheus. They name views, kinds and states, never a town or an id."""

import os
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

REQUESTS = Counter("heathub_requests_total", "Requests answered.", ["view", "method", "status"])
SECONDS = Histogram(
    "heathub_request_seconds",
    "Time to the answer.",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)


class Gauges(Collector):
    """Gauges that are read from the database when Prometheus asks."""

    def __init__(self, gauges: Iterable[GaugeMetricFamily]) -> None:
        self.gauges = gauges

    def collect(self) -> Iterable[GaugeMetricFamily]:
        return self.gauges


def exposition(gauges: Iterable[GaugeMetricFamily]) -> bytes:
    """Everything in the text format; requests are summed over the processes of the web server."""
    there = CollectorRegistry()
    there.register(Gauges(gauges))
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    else:
        counted = REGISTRY
    return generate_latest(counted) + generate_latest(there)
