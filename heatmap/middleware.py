"""What happens around every request: the content policy, and the database identity."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from heatmap.errors import Refusal, sentence
from heatmap.identity import acting_as

Handler = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


class ContentSecurityPolicyMiddleware:
    """Nothing inline, nothing from elsewhere."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        return response


class IdentityMiddleware:
    """Runs each request in one transaction that carries the person's identity."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            response = self.get_response(request)
            if "HX-Request" in request.headers and response.status_code == 302:
                # a part of a page asked: the whole page must go to the sign-in, not the part
                response = HttpResponse(status=204, headers={"HX-Refresh": "true"})
            return response
        with acting_as(user_id=request.user.pk):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Undo what the request began; a refusal becomes a page with its sentence."""
        # nobody signed in, no transaction of ours
        if request.user.is_authenticated and transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)
        if isinstance(exception, Refusal):
            said = sentence(exception.message, exception.values)
            return render(request, "409.html", {"said": said}, status=409)
        return None
