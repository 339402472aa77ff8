"""Reads the environment through typed helpers that refuse nonsense loudly."""

import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}


def env_text(name: str, default: str | None = None) -> str:
    """Return a variable, or the content of the file named in NAME_FILE (for secrets)."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        return Path(file).read_text(encoding="utf-8").strip()
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set {name} (or {name}_FILE) before starting Heathub.")
    return value


def env_bool(name: str, default: bool) -> bool:
    word = os.environ.get(name, "1" if default else "0").strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {word!r}.")


def env_count(name: str, default: int) -> int:
    word = os.environ.get(name, str(default)).strip()
    if word.isdigit():
        return int(word)
    raise ImproperlyConfigured(f"{name} must be a whole number, 0 or more, not {word!r}.")


def env_database(name: str) -> dict[str, Any]:
    """Turn postgresql://user:password@host:port/database into Django's form."""
    try:
        parts = conninfo_to_dict(env_text(name))
    except ProgrammingError as error:
        raise ImproperlyConfigured(f"{name} is not a postgresql:// address.") from error
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": parts.get("dbname", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
    }
