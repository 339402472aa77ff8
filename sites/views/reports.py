"""Reports: asking for one, listing them, taking one home."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from heatmap.choices import Capability
from heatmap.errors import Refusal, sentence
from heatmap.limits import limited
from heatmap.selectors import get_municipality, page_context
from heatmap.services.audit import record
from sites.forms import ReportForm
from sites.jobs import start_report
from sites.selectors import finished_runs, get_report, get_run, reports_of


@limited("report", 120)
@require_POST
def create(request: HttpRequest, slug: str, run_id: UUID) -> HttpResponse:
    town = get_municipality(request, slug, to=Capability.PLAN)
    run = get_run(town, run_id)
    form = ReportForm(request.POST)
    if not form.is_valid() or run.result is None:
        return HttpResponseBadRequest(_("Choose a language, and a run that has finished."))
    try:
        start_report(run, request.user, form.cleaned_data["language"])
    except Refusal as refusal:
        messages.warning(request, sentence(refusal.message, refusal.values))
    return redirect("reports", slug=slug)


@require_safe
def reports_page(request: HttpRequest, slug: str) -> HttpResponse:
    town = get_municipality(request, slug)
    context = page_context(request, town, "reports") | {
        "reports": reports_of(town)[:100],
        "runs": finished_runs(town).defer("inputs")[:20],
        "report_form": ReportForm(initial={"language": request.LANGUAGE_CODE}),
    }
    return render(request, "sites/reports.html", context)


@require_safe
def download(request: HttpRequest, slug: str, report_id: int) -> FileResponse:
    town = get_municipality(request, slug)
    report = get_report(town, report_id)
    record("downloaded", town, f"report.pdf, {report.run.study.name}")
    name = f"heathub-{town.slug}-{report.created_at:%Y-%m-%d}-{report.language}.pdf"
    response = FileResponse(report.file.open("rb"), as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
