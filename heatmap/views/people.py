"""The people of a town: who belongs to it, who is invited, who did what."""

import csv
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heatmap.audit_words import act_words
from heatmap.choices import Capability, Role
from heatmap.errors import Refusal, sentence
from heatmap.forms import InviteForm, RoleForm
from heatmap.limits import limited
from heatmap.models import Municipality
from heatmap.selectors import (
    acts_in,
    get_invitation,
    get_member,
    get_municipality,
    members_of,
    open_invitations,
    page_context,
    tokens_of,
)
from heatmap.services import people
from heatmap.spreadsheet import harmless_cell


def _page(
    request: HttpRequest, town: Municipality, form: InviteForm, link: str = "", status: int = 200
) -> HttpResponse:
    context = page_context(request, town, "people") | {
        "members": members_of(town),
        "invitations": open_invitations(town),
        "tokens": tokens_of(town),
        "roles": Role.choices,
        "form": form,
        "link": link,
        "link_days": people.INVITATION_DAYS,
    }
    return render(request, "heatmap/people.html", context, status=status)


@limited("invite", 60)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def people_page(request: HttpRequest, slug: str) -> HttpResponse:
    town = get_municipality(request, slug, to=Capability.ADMINISTER)
    form = InviteForm(request.POST or None, label_suffix="")
    if request.method != "POST":
        return _page(request, town, form)
    if not form.is_valid():
        return _page(request, town, form, status=422)
    _invitation, secret = people.invite(town, user=request.user, **form.cleaned_data)
    link = request.build_absolute_uri(reverse("invitation", args=[secret]))
    return _page(request, town, InviteForm(label_suffix=""), link)


@require_POST
def change_role(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    town = get_municipality(request, slug, to=Capability.ADMINISTER)
    form = RoleForm(request.POST)
    member = get_member(town, membership_id)
    if form.is_valid():
        try:
            people.change_role(member, form.cleaned_data["role"])
        except Refusal as refusal:
            messages.warning(request, sentence(refusal.message, refusal.values))
    return redirect("people", slug=slug)


@require_POST
def let_go(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    town = get_municipality(request, slug, to=Capability.ADMINISTER)
    member = get_member(town, membership_id)
    name = member.user.get_username()
    try:
        people.let_go(member)
    except Refusal as refusal:
        messages.warning(request, sentence(refusal.message, refusal.values))
    else:
        said = _("%(name)s no longer belongs to %(town)s.")
        messages.success(request, said % {"name": name, "town": town.name})
        if member.user_id == request.user.pk:
            return redirect("home")
    return redirect("people", slug=slug)


@require_POST
def withdraw(request: HttpRequest, slug: str, invitation_id: UUID) -> HttpResponse:
    town = get_municipality(request, slug, to=Capability.ADMINISTER)
    people.withdraw(get_invitation(town, invitation_id))
    return redirect("people", slug=slug)


@require_safe
@never_cache
def acts_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the log of acts, newest first."""
    town = get_municipality(request, slug, to=Capability.ADMINISTER)
    page = Paginator(acts_in(town), 100).get_page(request.GET.get("page"))
    context = page_context(request, town, "people") | {
        "page": page,
        "acts": [(act, act_words(act)) for act in page],
    }
    return render(request, "heatmap/acts.html", context)


@limited("acts-file", 30, methods=("GET",))
@require_safe
@never_cache
def acts_csv(request: HttpRequest, slug: str) -> HttpResponse:
    town = get_municipality(request, slug, to=Capability.ADMINISTER)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{town.slug}-acts.csv"'
    writer = csv.writer(response)
    writer.writerow(["at_utc", "who", "from", "action", "subject", "values"])
    for act in acts_in(town).iterator():
        row = (act.user_name, act.address, act.action, act.subject, act.values)
        writer.writerow([act.at.isoformat(timespec="seconds"), *map(harmless_cell, row)])
    return response
