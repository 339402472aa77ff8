"""Every request gets a number, a log line and its place in the statistics."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from heatmap.logs import request_context
from heatmap.metrics import REQUESTS, SECONDS

logger = logging.getLogger(__name__)
QUIET = {"healthz", "readyz", "metrics", "notices", "job", "work_list"}
"""Views that are asked all the time: counted, but not logged while they do well."""


class TracingMiddleware:
    """Outermost, so that it sees what all others answer, failures too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.monotonic()
        with request_context() as number:
            response = self.get_response(request)
            response["X-Request-ID"] = number
            seconds = time.monotonic() - start
            # the name of the view, never the path: paths name towns and parcels
            match = request.resolver_match
            view = (match.view_name if match else "") or "none"
            status = str(response.status_code)
            REQUESTS.labels(view, request.method, status).inc()
            SECONDS.labels(view).observe(seconds)
            if view not in QUIET or response.status_code >= 500:
                logger.info(
                    "answered",
                    extra={
                        "view": view,
                        "method": request.method,
                        "status": response.status_code,
                        "seconds": round(seconds, 4),
                    },
                )
        return response
