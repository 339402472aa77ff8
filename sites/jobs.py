"""Doors that start background work: the row first, the task when the row is there for sure."""

from django.contrib.auth.models import User

from heatmap.jobs import hand_over
from sites.models import Report, Run, Study
from sites.services import reports, scoring


def start_run(study: Study, user: User) -> Run:
    """Freeze the inputs of a run and let a worker score it."""
    run = scoring.create_run(study, user)
    hand_over(run.job_id)
    return run


def start_report(run: Run, user: User, language: str) -> Report:
    """Let a worker write the report of a finished run."""
    report = reports.create_report(run, user, language)
    hand_over(report.job_id)
    return report
