"""The front door."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from heatmap.selectors import first_town


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    town = first_town(request.user)
    if town is None and request.user.is_superuser:
        return redirect("system")
    if town is None:
        return render(request, "heatmap/no_town.html")
    return redirect("map", slug=town.slug)
