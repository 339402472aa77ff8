"""Takes a large file part by part, so that a lost connection or a closed page loses nothing.

What has come is the size of the part file; a part is added whole, at its place, or not at all.
"""

import os
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files import File
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_noop

from heatmap.choices import UploadStep
from heatmap.errors import Refusal
from heatmap.ingest.reading import file_suffix
from heatmap.models import Arrival, Municipality, Upload
from heatmap.services.uploads import receive

PART_BYTES = 4 * 2**20
LARGEST_PART_BYTES = 2 * PART_BYTES
KEPT_DAYS = 7
MOST_OF_PERSON = 30

TOO_LARGE = gettext_noop(
    "The file has %(size)s; at most %(limit)s are accepted.\nZip it, leave out columns that are "
    "not needed, or split it."
)
EMPTY = gettext_noop("The file is empty.\nExport it again.")
TOO_MANY = gettext_noop(
    "%(count)s files of yours have come in part only, and no more are begun.\nFinish some of them, "
    "or discard them on the data page."
)
CUT_OFF = gettext_noop("A part of the file was cut off on its way.\nSend it again.")
WRONG_PLACE = gettext_noop(
    "The next part has to begin at byte %(expected)s, not at byte %(offset)s.\nGo on from there."
)
TOO_LONG = gettext_noop(
    "This part would make the file longer than the %(size)s bytes it was announced with.\nChoose "
    "the file again."
)
NOT_WHOLE = gettext_noop("The file has not come whole yet.\nSend the parts that are missing.")


def announce(
    municipality: Municipality, user: User, *, name: str, size_bytes: int, mark: str = ""
) -> Arrival:
    """Begin to take a file, or go on with the same one begun before.

    Raises
    ------
    Refusal
        If such files cannot be read, if it is too large or empty, or if too many are unfinished.
    """
    file_suffix(name)
    if size_bytes < 1:
        raise Refusal(EMPTY)
    if size_bytes > settings.UPLOAD_MAX_BYTES:
        raise Refusal(
            TOO_LARGE,
            size=filesizeformat(size_bytes),
            limit=filesizeformat(settings.UPLOAD_MAX_BYTES),
        )
    mine = Arrival.objects.filter(municipality=municipality, created_by=user)
    _forget_old(mine)
    same: dict[str, Any] = {
        "original_name": name[:255], "size_bytes": size_bytes, "mark": mark[:40],
    }  # fmt: skip
    begun = mine.filter(**same).first()
    if begun:
        return begun
    if mine.count() >= MOST_OF_PERSON:
        raise Refusal(TOO_MANY, count=MOST_OF_PERSON)
    return Arrival.objects.create(municipality=municipality, created_by=user, **same)


def take_part(arrival: Arrival, offset_bytes: int, part: bytes, length_bytes: int) -> int:
    """Add a part and return how much there is now. The row of the arrival must be locked.

    Raises
    ------
    Refusal
        If the part came incomplete, does not follow what is there, or is too much.
    """
    there = arrival.offset_bytes
    if len(part) != length_bytes:
        raise Refusal(CUT_OFF)
    if offset_bytes != there:
        raise Refusal(WRONG_PLACE, expected=there, offset=offset_bytes)
    if there + len(part) > arrival.size_bytes:
        raise Refusal(TOO_LONG, size=arrival.size_bytes)
    arrival.path.parent.mkdir(parents=True, exist_ok=True)
    with arrival.path.open("ab") as target:
        target.write(part)
        target.flush()
        os.fsync(target.fileno())
    return there + len(part)


def finish(arrival: Arrival, user: User) -> Upload:
    """Turn a file that has come whole into an upload that waits to be looked at.

    Raises
    ------
    Refusal
        If parts are missing, or the person has too much unfinished work.
    """
    if arrival.offset_bytes != arrival.size_bytes:
        raise Refusal(NOT_WHOLE)
    with arrival.path.open("rb") as handle:
        upload = receive(
            arrival.municipality,
            user,
            kind="",
            file=File(handle),
            name=arrival.original_name,
            step=UploadStep.INSPECT,
        )
    forget(arrival)
    return upload


def forget(arrival: Arrival) -> None:
    """Let go of what has come of a file."""
    path = arrival.path
    arrival.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def _forget_old(arrivals: Any) -> None:
    for arrival in arrivals.filter(created_at__lt=timezone.now() - timedelta(days=KEPT_DAYS)):
        forget(arrival)
