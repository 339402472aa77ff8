"""Signing in; and the demo's one-click sign-in, for people at this very machine."""

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heatmap.services.demo import DEMO_USER

FORWARDING_HEADERS = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host")


def demo_allowed(request: HttpRequest) -> bool:
    """Only with the demo switched on, from loopback, and not through a proxy."""
    if not settings.DEMO or any(name in request.headers for name in FORWARDING_HEADERS):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class SignInView(LoginView):
    template_name = "heatmap/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, demo_allowed=demo_allowed(self.request))


@login_not_required
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    if not demo_allowed(request):
        raise PermissionDenied(_("The demo sign-in works only on the machine Heathub runs on."))
    user = get_object_or_404(get_user_model(), username=DEMO_USER, is_active=True)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("home")
