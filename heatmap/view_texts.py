"""What maps and the editing page say from JavaScript, in the language of the reader."""

from typing import Any

from django.utils.translation import gettext as _


def control_texts() -> dict[str, str]:
    """What the buttons of a map are called."""
    return {
        "NavigationControl.ZoomIn": _("Zoom in"),
        "NavigationControl.ZoomOut": _("Zoom out"),
        "AttributionControl.ToggleAttribution": _("Sources"),
    }


def edit_texts() -> dict[str, Any]:
    return {
        "controls": control_texts(),
        "id": _("Id"),
        "new": _("New"),
        "fixed": _("Its shape cannot be drawn and stays as it is."),
        "saving": _("Saving …"),
        "failed": _("The server did not answer. Nothing was saved; try again."),
        "chooseFirst": _("Choose an area first, on the map or in the table."),
        "drawPart": _("Draw it on the map; it belongs to the chosen feature."),
        "holeOutside": _(
            "A hole lies inside its area; what was drawn lies outside and became a new feature."
        ),
        "cornersOf": _("Corners of %(ref)s"),
        "cornersNew": _("Corners of a new feature"),
        "wrongCorner": _("Line %(line)s is not a corner: write longitude and latitude in degrees."),
        "fewCorners": _("A ring needs three corners at least."),
        "drawLine": _("Draw the line of the cut: begin and end outside the area."),
        "changes": _("%(count)s changes not saved yet"),
        "none": _("No changes yet"),
    }
