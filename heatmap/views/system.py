"""The system administrator's page: towns, accounts, and acts that belong to no town.

She lets people in and keeps them out; what a town has loaded she sees only as its member.
"""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from heatmap.audit_words import act_words
from heatmap.forms import FirstAdministratorForm
from heatmap.limits import limited
from heatmap.selectors import acts_anywhere, all_accounts, all_towns, towns_of
from heatmap.services import people
from heatmap.services.audit import record


def _system_administrator(request: HttpRequest) -> None:
    if not request.user.is_superuser:
        raise PermissionDenied(_("Only a system administrator may do that."))


def _page(
    request: HttpRequest, form: FirstAdministratorForm, link: str = "", status: int = 200
) -> HttpResponse:
    accounts = Paginator(all_accounts(request.GET.get("q", "")), 50)
    acts = Paginator(acts_anywhere(), 50).get_page(request.GET.get("acts"))
    context = {
        "towns": list(towns_of(request.user)),
        "all_towns": all_towns(),
        "accounts": accounts.get_page(request.GET.get("page")),
        "q": request.GET.get("q", ""),
        "acts_page": acts,
        "acts": [(act, act_words(act)) for act in acts],
        "form": form,
        "link": link,
    }
    return render(request, "heatmap/system.html", context, status=status)


@limited("system-invite", 60)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def system_page(request: HttpRequest) -> HttpResponse:
    _system_administrator(request)
    form = FirstAdministratorForm(request.POST or None, towns=all_towns(), label_suffix="")
    if request.method != "POST":
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    _invitation, secret = people.invite(
        form.cleaned_data["town"],
        email=form.cleaned_data["email"],
        role=form.cleaned_data["role"],
        user=request.user,
    )
    link = request.build_absolute_uri(reverse("invitation", args=[secret]))
    return _page(request, FirstAdministratorForm(towns=all_towns(), label_suffix=""), link)


@require_POST
def set_active(request: HttpRequest, user_id: int) -> HttpResponse:
    """Close an account, or open it again."""
    _system_administrator(request)
    user = get_object_or_404(get_user_model(), pk=user_id)
    if user == request.user:
        messages.warning(request, _("You cannot close your own account."))
        return redirect("system")
    user.is_active = request.POST.get("active") == "1"
    user.save(update_fields=["is_active"])
    record("account_opened" if user.is_active else "account_closed", None, user.get_username())
    return redirect("system")


@limited("reset-link", 30)
@require_POST
@never_cache
def reset_link(request: HttpRequest, user_id: int) -> HttpResponse:
    """Make a link with which a person who forgot her password sets a new one."""
    _system_administrator(request)
    user = get_object_or_404(get_user_model(), pk=user_id, is_active=True)
    key = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("new_password", args=[key, default_token_generator.make_token(user)])
    record("reset_link_made", None, user.get_username())
    form = FirstAdministratorForm(towns=all_towns(), label_suffix="")
    return _page(request, form, request.build_absolute_uri(path))
