#!/usr/bin/env python3
"""Django's command line. Where no database is named it goes through bin/manage, which has one."""

import os
import sys
from pathlib import Path


def main() -> None:
    if "DATABASE_URL" not in os.environ and "DATABASE_URL_FILE" not in os.environ:
        door = Path(__file__).resolve().parent / "bin" / "manage"
        os.execv(door, [str(door), *sys.argv[1:]])  # noqa: S606  our own script
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heatmap.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415  may be missing

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
