"""The siting room's app. The label is not "sites": django.contrib.sites owns that one."""

from django.apps import AppConfig


class SitingConfig(AppConfig):
    name = "sites"
    label = "siting"
    default_auto_field = "django.db.models.BigAutoField"
