"""What the editing page says from JavaScript, in the language of the reader."""

from typing import Any

from django.utils.translation import gettext as _


def edit_texts() -> dict[str, Any]:
    return {
        "controls": {
            "NavigationControl.ZoomIn": _("Zoom in"),
            "NavigationControl.ZoomOut": _("Zoom out"),
            "AttributionControl.ToggleAttribution": _("Sources"),
        },
        "id": _("Id"),
        "new": _("New"),
        "fixed": _("Its shape has holes or several parts and stays as it is."),
        "saving": _("Saving …"),
        "failed": _("The server did not answer. Nothing was saved; try again."),
        "chooseFirst": _("Choose an area first, on the map or in the table."),
        "drawLine": _("Draw the line of the cut: begin and end outside the area."),
        "changes": _("%(count)s changes not saved yet"),
        "none": _("No changes yet"),
    }
