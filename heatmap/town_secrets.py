"""Secrets that people and programs carry: made once, shown once, stored as a hash."""

import hashlib
import re
import secrets

FORM = re.compile(r"(?P<town>[-a-zA-Z0-9_]{1,50})\.(?P<random>[-a-zA-Z0-9_]{43})")


def new_secret(town_slug: str) -> str:
    """Return 256 random bits behind the name of the town they open."""
    return f"{town_slug}.{secrets.token_urlsafe(32)}"


def town_of(secret: str) -> str | None:
    """Return the slug of the town that a secret names; None if it is no secret of ours."""
    found = FORM.fullmatch(secret)
    return found["town"] if found else None


def secret_hash(secret: str) -> str:
    """Hash a secret; it is too random to be guessed, so no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
