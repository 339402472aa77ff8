"""What a person sees when something is not to be had."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from heatmap.logs import request_id


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    # without the request: who is signed in cannot be asked of a database that is down
    page = render_to_string("500.html", {"number": request_id()})
    return HttpResponse(page, status=500)
