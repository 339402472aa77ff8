"""Signing in and out; and the demo's one-click sign-in, for people at this very machine."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heatmap.asking import Asker, address_of, asked_by, is_at_this_machine
from heatmap.limits import limited
from heatmap.services.audit import record
from heatmap.services.demo import DEMO_USER


def demo_allowed(request: HttpRequest) -> bool:
    """Only with the demo switched on, and for people at this machine."""
    return settings.DEMO and is_at_this_machine(request)


def _note(request: HttpRequest, action: str, name: str, user_id: int | None = None) -> None:
    with asked_by(Asker(user_id, name, address_of(request))):
        record(action)


class SignInView(LoginView):
    template_name = "heatmap/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, demo_allowed=demo_allowed(self.request))

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        _note(self.request, "signed_in", self.request.user.get_username(), self.request.user.pk)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        _note(self.request, "sign_in_failed", str(form.data.get("username", ""))[:150])
        return super().form_invalid(form)


sign_in = limited("sign-in", 60, methods=("POST",))(SignInView.as_view())


class SignOutView(LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            record("signed_out")
        return super().post(request, *args, **kwargs)


def locked_out(request: HttpRequest, credentials: Any = None, **kwargs: Any) -> HttpResponse:
    """Answer somebody who has tried too many passwords for one name."""
    name = str((credentials or {}).get("username", ""))
    _note(request, "locked_out", name[:150])
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    said = _("Too many wrong passwords. Please try again in %(minutes)s min.") % {
        "minutes": minutes
    }
    response = render(request, "429.html", {"said": said}, status=429)
    response["Retry-After"] = str(60 * minutes)
    return response


@login_not_required
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    if not demo_allowed(request):
        raise PermissionDenied(_("The demo sign-in works only on the machine Heathub runs on."))
    user = get_object_or_404(get_user_model(), username=DEMO_USER, is_active=True)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    _note(request, "signed_in", user.get_username(), user.pk)
    return redirect("home")
