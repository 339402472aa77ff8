"""The open interface: a run as one document."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from sites.selectors import get_run_of_user
from sites.services.scoring import run_document


@require_safe
def run_json(request: HttpRequest, run_id: UUID) -> JsonResponse:
    return JsonResponse(run_document(get_run_of_user(request, run_id)))
