"""The map room's app."""

from django.apps import AppConfig


class HeatmapConfig(AppConfig):
    name = "heatmap"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Loading the app here makes shared_task find our broker, without tying the empty
        # package __init__ (and so the engines) to Celery.
        from heatmap import celery  # noqa: F401, PLC0415
