"""What happens around every request: policy headers, who asks, how often, and as whom."""

from base64 import b64decode
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from heatmap.asking import Asker, address_of, asked_by
from heatmap.errors import Refusal, sentence
from heatmap.identity import acting_as
from heatmap.limits import ATTRIBUTE, Limit, seconds_to_wait
from heatmap.services.tokens import holder_of

Handler = Callable[[HttpRequest], HttpResponse]


def content_security_policy(raster_basemap: str = "") -> str:
    """Return the policy of every page; a raster map below the town's own opens it to its host."""
    host = ""
    if raster_basemap:
        parts = urlsplit(raster_basemap)
        host = f" {parts.scheme}://{parts.netloc}"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data: blob:{host}",
            "font-src 'self'",
            f"connect-src 'self'{host}",
            "worker-src 'self' blob:",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


CONTENT_SECURITY_POLICY = content_security_policy(settings.RASTER_BASEMAP)
PERMISSIONS = "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)"
PROGRAM_PATHS = ("/api/", "/tiles/")
"""Where a token is believed, and where a missing sign-in is an answer and not a page."""


class PolicyMiddleware:
    """Nothing inline, nothing from elsewhere, nothing kept by a shared cache."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class AskingMiddleware:
    """Finds out who asks: the person of the session, or the holder of a token."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.token = None
        address = address_of(request)
        if request.path_info.startswith(PROGRAM_PATHS):
            refused = self._believe_token(request, address)
            if refused is not None:
                return refused
        if not request.user.is_authenticated:
            someone = Asker(name="", address=address)
        else:
            name = request.user.get_username()
            if request.token:
                name = f"{name}, token {request.token.name}"
            someone = Asker(request.user.pk, name, address)
        with asked_by(someone):
            return self.get_response(request)

    def _believe_token(self, request: HttpRequest, address: str) -> HttpResponse | None:
        secret = _secret_of(request.headers.get("Authorization", ""))
        if secret is not None:
            token = holder_of(secret)
            if token is None:
                wait = seconds_to_wait(WRONG_TOKENS, address)
                if wait:
                    return _too_often(request, wait)
                return _unauthorised("the token is unknown, has expired, or was revoked")
            request.user, request.token = token.user, token
        elif not request.user.is_authenticated:
            return _unauthorised("sign in, or send a token as Authorization: Bearer ...")
        return None


def _secret_of(header: str) -> str | None:
    """Return the token of a request: a bearer's, or the password of programs that know no other."""
    kind, _space, written = header.partition(" ")
    if kind.lower() == "bearer":
        return written.strip()
    if kind.lower() != "basic":
        return None
    try:
        _name, _colon, secret = b64decode(written.strip(), validate=True).decode().partition(":")
    except (ValueError, UnicodeDecodeError):
        return ""
    return secret


WRONG_TOKENS = Limit("wrong-token", 30, 3600, frozenset())


def _unauthorised(reason: str) -> JsonResponse:
    return JsonResponse({"error": reason}, status=401, headers={"WWW-Authenticate": "Bearer"})


class LimitMiddleware:
    """Counts the requests to costly doors, before anything else is done for them."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit = self._limit_of(request)
        if limit and request.method in limit.methods:
            who = str(request.user.pk) if request.user.is_authenticated else address_of(request)
            wait = seconds_to_wait(limit, who)
            if wait:
                return _too_often(request, wait)
        return self.get_response(request)

    @staticmethod
    def _limit_of(request: HttpRequest) -> Limit | None:
        try:
            return getattr(resolve(request.path_info).func, ATTRIBUTE, None)
        except Resolver404:
            return None


def _too_often(request: HttpRequest, wait_s: int) -> HttpResponse:
    minutes = max(1, round(wait_s / 60))
    said = _("That was asked too often. Please try again in %(minutes)s min.") % {
        "minutes": minutes
    }
    if request.path_info.startswith(PROGRAM_PATHS):
        response: HttpResponse = JsonResponse({"error": said}, status=429)
    else:
        response = render(request, "429.html", {"said": said}, status=429)
    response["Retry-After"] = str(wait_s)
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
        token = request.token
        narrowed = {"only_town": token.municipality_id, "scope": token.scope} if token else {}
        with acting_as(user_id=request.user.pk, **narrowed):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Undo what the request began; a refusal becomes a page with its sentence."""
        # nobody signed in, no transaction of ours
        if request.user.is_authenticated and transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)
        if isinstance(exception, Refusal):
            said = sentence(exception.message, exception.values)
            if request.path_info.startswith(PROGRAM_PATHS):
                return JsonResponse({"error": said}, status=409)
            return render(request, "409.html", {"said": said}, status=409)
        return None
