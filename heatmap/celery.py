"""The Celery app. It is loaded in HeatmapConfig.ready(), never in the package's __init__."""

from celery import Celery

app = Celery("heathub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
