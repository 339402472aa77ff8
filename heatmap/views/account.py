"""One's own account: the password, the tokens for programs; and the way in by invitation."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from heatmap.asking import Asker, address_of, asked_by
from heatmap.errors import Refusal, sentence
from heatmap.forms import AcceptForm, TokenForm
from heatmap.limits import limited
from heatmap.selectors import get_municipality, get_token, page_context, tokens_of, towns_of
from heatmap.services import people, tokens
from heatmap.services.audit import record

BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters()
@limited("password", 10)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def account_page(request: HttpRequest) -> HttpResponse:
    form = PasswordChangeForm(request.user, request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, form.user)
        record("password_changed")
        messages.success(request, _("Your password was changed; other devices were signed out."))
        return redirect("account")
    context = {"form": form, "towns": list(towns_of(request.user)), "section": "account"}
    return render(request, "heatmap/account.html", context, status=422 if form.errors else 200)


@limited("token", 30)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def tokens_page(request: HttpRequest, slug: str) -> HttpResponse:
    town = get_municipality(request, slug)
    form = TokenForm(request.POST or None, label_suffix="")
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, secret = tokens.create_token(town, request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, sentence(refusal.message, refusal.values))
        else:
            form = TokenForm(label_suffix="")
    context = page_context(request, town, "account") | {
        "form": form,
        "secret": secret,
        "tokens": tokens_of(town, request.user),
        "example": request.build_absolute_uri("/api/"),
    }
    return render(request, "heatmap/tokens.html", context, status=422 if form.errors else 200)


@require_POST
def revoke_token(request: HttpRequest, slug: str, token_id: UUID) -> HttpResponse:
    town = get_municipality(request, slug)
    token = get_token(town, request.user, token_id)
    tokens.revoke_token(token)
    return redirect("tokens" if token.user_id == request.user.pk else "people", slug=slug)


@sensitive_post_parameters()
@login_not_required
@limited("invitation", 60, methods=("GET", "POST"))
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Accept an invitation: with the account one is signed in with, or with a new one."""
    invited = people.open_invitation(secret)
    if invited is None:
        return render(request, "heatmap/invitation_ended.html", status=404)
    form = None
    if not request.user.is_authenticated:
        form = AcceptForm(
            request.POST or None, label_suffix="", initial={"username": invited.email}
        )
    if request.method == "POST":
        if form is None:
            people.accept(invited, request.user)
            return redirect("map", slug=invited.municipality.slug)
        if form.is_valid():
            return _with_new_account(request, invited, form)
    status = 422 if form is not None and form.errors else 200
    context = {"invited": invited, "form": form}
    return render(request, "heatmap/invitation.html", context, status=status)


def _with_new_account(
    request: HttpRequest, invited: people.Invitation, form: AcceptForm
) -> HttpResponse:
    name, password = form.cleaned_data["username"], form.cleaned_data["password1"]
    try:
        user = people.create_account(name=name, email=invited.email, password=password)
    except Refusal as refusal:
        form.add_error("username", sentence(refusal.message, refusal.values))
        return render(
            request, "heatmap/invitation.html", {"invited": invited, "form": form}, status=422
        )
    with asked_by(Asker(user.pk, name, address_of(request))):
        people.accept(invited, user)
    login(request, user, backend=BACKEND)
    return redirect("map", slug=invited.municipality.slug)


class NewPasswordView(PasswordResetConfirmView):
    """The end of a link that a system administrator has given to a person."""

    template_name = "heatmap/new_password.html"
    success_url = reverse_lazy("login")

    def form_valid(self, form: object) -> HttpResponse:
        response = super().form_valid(form)
        with asked_by(Asker(self.user.pk, self.user.get_username(), address_of(self.request))):
            record("password_reset")
        return response
