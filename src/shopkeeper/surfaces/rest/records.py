"""What the server records of itself: one JSON line a request, and figures for Prometheus.

Neither holds an address, a query, a header or a cell: only which route was asked, by the name of which
token, with what outcome and how long it took.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from typing import Any, TextIO

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30)
_METHODS = ("GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH")
NO_ROUTE = "(none)"


class Records:
    """The log and the figures of a server.

    Parameters
    ----------
    stream
        Where lines are written; standard error when not given.

    Examples
    --------
    >>> import io
    >>> stream = io.StringIO()
    >>> Records(stream).write("started", address="http://127.0.0.1:8321")
    >>> sorted(json.loads(stream.getvalue()))
    ['address', 'event', 'time']
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._found: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        # A series more for each, that nobody draws.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        registry = self.registry = CollectorRegistry()
        self.requests = Counter(
            "shopkeeper_requests",
            "Requests, by route, method and status.",
            ("route", "method", "status"),
            registry=registry,
        )
        self.seconds = Histogram(
            "shopkeeper_request_seconds",
            "Seconds from the request to the end of its response.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self.refused = Counter(
            "shopkeeper_refused",
            "Requests refused at the door, by reason.",
            ("reason",),
            registry=registry,
        )
        self.jobs = Gauge("shopkeeper_jobs", "Jobs, by state.", ("state",), registry=registry)
        self.version = Gauge(
            "shopkeeper_shop_version", "Version of the shop that is read.", registry=registry
        )

    def write(self, event: str, **what: Any) -> None:
        """Write one line."""
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + "Z"
        line = json.dumps({"time": at, "event": event, **what}, ensure_ascii=False)
        self._stream.write(line + "\n")
        self._stream.flush()

    def request(self, *, route: str, method: str, status: int, seconds: float, **what: Any) -> None:
        """Record one request."""
        method = method if method in _METHODS else "other"
        counter, histogram = self._series(route, method, status)
        counter.inc()
        histogram.observe(seconds)
        self.write(
            "request",
            route=route,
            method=method,
            status=status,
            milliseconds=round(seconds * 1000, 2),
            **what,
        )

    def _series(self, route: str, method: str, status: int) -> tuple[Counter, Histogram]:
        """Return the two series of such requests, looked up once."""
        key = (route, method, status)
        if key not in self._found:
            count = self.requests.labels(route, method, str(status))
            self._found[key] = (count, self.seconds.labels(route))
        return self._found[key]

    def defect(self, error: BaseException, **what: Any) -> None:
        """Record where a defect happened, without what it says: that may be a customer's cell."""
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames]
        self.write("defect", error=type(error).__name__, places=places, **what)

    def figures(self) -> bytes:
        """Return the figures as Prometheus reads them."""
        return generate_latest(self.registry)


class Through(logging.Handler):
    """What libraries log, as lines of the same kind: where it came from and of what kind it is."""

    def __init__(self, records: Records) -> None:
        super().__init__(logging.WARNING)
        self._records = records

    def emit(self, record: logging.LogRecord) -> None:
        """Write the name and level of a record; its words may hold what a request held."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            self._records.defect(error, logger=record.name)
        else:
            self._records.write("library", logger=record.name, level=record.levelname)
