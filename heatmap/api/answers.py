"""How the open interface answers: JSON, links that lead on, and errors that say what to mend."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

JSON, GEOJSON, MVT = (
    "application/json",
    "application/geo+json",
    "application/vnd.mapbox-vector-tile",
)
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
View = Callable[..., HttpResponse]


class WrongParameterError(Exception):
    """The address asks for something in a way that cannot be answered; the text says how it can."""


def answered(view: View) -> View:
    """Make a view of the interface: reads alone, and says in JSON what is wrong."""

    @require_safe
    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except WrongParameterError as error:
            return said(str(error), 400)
        except Http404:
            return said("There is nothing at this address, or it is not yours to see.", 404)

    return answering


def said(sentence: str, status: int) -> HttpResponse:
    return document({"error": sentence}, status=status)


def document(content: Any, *, content_type: str = JSON, status: int = 200) -> HttpResponse:
    return HttpResponse(dumped(content), content_type=content_type, status=status)


def dumped(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False)


def link(
    request: HttpRequest,
    path: str,
    rel: str,
    title: str = "",
    *,
    media: str = JSON,
    query: dict[str, Any] | None = None,
    templated: bool = False,
) -> dict[str, Any]:
    """Describe a way from here to `path`, which starts with a slash."""
    href = request.build_absolute_uri("/")[:-1] + path
    if query:
        href += "?" + urlencode(query)
    found: dict[str, Any] = {"href": href, "rel": rel, "type": media}
    if title:
        found["title"] = title
    if templated:
        found["templated"] = True
    return found


def check_parameters(request: HttpRequest, known: set[str]) -> None:
    """Refuse parameters that would otherwise be ignored without a word.

    Raises
    ------
    WrongParameterError
        If one is not known here, stands there twice, or asks for another format.
    """
    for name in request.GET:
        if name not in known | {"f"}:
            raise WrongParameterError(
                f"The parameter {name} is not known here. Known are: {', '.join(sorted(known))}."
            )
        if len(request.GET.getlist(name)) > 1:
            raise WrongParameterError(f"The parameter {name} stands there more than once.")
    if request.GET.get("f", "json") not in {"json", "mvt"}:
        raise WrongParameterError("Answers come as JSON alone; leave f out, or write f=json.")
