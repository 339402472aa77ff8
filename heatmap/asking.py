"""Who is asking, and from where: the log of acts knows it without being told at every call."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True)
class Asker:
    """The person or program behind what happens now."""

    user_id: int | None = None
    name: str = "operator"
    address: str = ""


OPERATOR = Asker()
"""Somebody at the shell of the machine."""

_asker: ContextVar[Asker] = ContextVar("asker", default=OPERATOR)


def asker() -> Asker:
    return _asker.get()


@contextmanager
def asked_by(someone: Asker) -> Iterator[None]:
    token = _asker.set(someone)
    try:
        yield
    finally:
        _asker.reset(token)


def address_of(request: HttpRequest) -> str:
    """Return the client's address; what a header says is believed from our own proxies alone."""
    hops = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    far = [*filter(None, hops), request.META.get("REMOTE_ADDR", "")]
    # each of our proxies has added the address that it was called from at the end
    said = far[-1 - min(settings.PROXIES, len(far) - 1)]
    try:
        return str(ip_address(said))
    except ValueError:
        return ""


FORWARDING_HEADERS = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host")


def is_at_this_machine(request: HttpRequest) -> bool:
    """Whether the request comes from loopback, and not through a proxy."""
    if any(name in request.headers for name in FORWARDING_HEADERS):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
