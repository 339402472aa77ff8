"""Doors that start background work: the row first, the task when the row is there for sure."""

from django.contrib.auth.models import User

from heatmap.jobs import hand_over
from sites.models import Report, Run, SecondOpinion, Study
from sites.services import reports, scoring, second_opinions


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


def start_second_opinion(run: Run, ref: str, user: User) -> SecondOpinion:
    """Let a worker ask the other solvers about a parcel."""
    asked = second_opinions.create_second_opinion(run, ref, user)
    hand_over(asked.job_id)
    return asked
