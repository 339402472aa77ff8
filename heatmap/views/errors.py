"""What a person sees when something is not to be had."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from heatmap.logs import request_id
from heatmap.middleware import PROGRAM_PATHS


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path_info.startswith(PROGRAM_PATHS):
        said = "There is nothing at this address, or it is not yours to see."
        return JsonResponse({"error": said}, status=404)
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    # without the request: who is signed in cannot be asked of a database that is down
    page = render_to_string("500.html", {"number": request_id()})
    return HttpResponse(page, status=500)
