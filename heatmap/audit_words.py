"""The log of acts in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from heatmap.choices import Role
from heatmap.models import AuditEntry

ACTS = {
    "signed_in": gettext_lazy("signed in"),
    "signed_out": gettext_lazy("signed out"),
    "sign_in_failed": gettext_lazy("gave a wrong password"),
    "locked_out": gettext_lazy("was locked out after wrong passwords"),
    "password_changed": gettext_lazy("changed the own password"),
    "password_reset": gettext_lazy("set a new password by link"),
    "invited": gettext_lazy("invited"),
    "invitation_withdrawn": gettext_lazy("withdrew the invitation of"),
    "joined": gettext_lazy("joined by invitation"),
    "role_changed": gettext_lazy("changed the role of"),
    "member_removed": gettext_lazy("removed from the town"),
    "token_created": gettext_lazy("made the token"),
    "token_revoked": gettext_lazy("revoked the token"),
    "account_closed": gettext_lazy("closed the account"),
    "account_opened": gettext_lazy("opened the account"),
    "reset_link_made": gettext_lazy("made a password link for"),
    "uploaded": gettext_lazy("uploaded"),
    "upload_discarded": gettext_lazy("discarded"),
    "version_published": gettext_lazy("published a version of"),
    "version_restored": gettext_lazy("restored an older version of"),
    "version_deleted": gettext_lazy("deleted for good a version of"),
    "layer_work_asked_for": gettext_lazy("asked for work on the layer"),
    "run_started": gettext_lazy("started a run of"),
    "second_opinion_asked_for": gettext_lazy("asked for a second opinion on"),
    "report_asked_for": gettext_lazy("asked for a report on"),
    "job_cancelled": gettext_lazy("cancelled"),
    "downloaded": gettext_lazy("downloaded"),
}


def act_words(act: AuditEntry) -> str:
    """Say what was done, in the language of the reader."""
    said = f"{ACTS.get(act.action, act.action)} {act.subject}".strip()
    roles = dict(Role.choices)
    if act.action == "role_changed":
        change = _("from %(before)s to %(after)s")
        return f"{said} " + change % {
            key: roles.get(str(act.values.get(key)), "") for key in ("before", "after")
        }
    if act.action in {"invited", "joined"}:
        return f"{said} ({roles.get(str(act.values.get('role')), '')})"
    return said
