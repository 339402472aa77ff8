"""Addresses of the siting room."""

from django.urls import path

from sites.views import api, downloads, map, map_data, parcels, reports, runs, studies, study_rules

RUN = "m/<slug:slug>/runs/<uuid:run_id>"

urlpatterns = [
    path("m/<slug:slug>/", map.map_page, name="map"),
    path("m/<slug:slug>/picture.svg", map_data.picture_svg, name="map_picture"),
    path("m/<slug:slug>/first-look.svg", map_data.first_look_svg, name="map_first_look"),
    path("m/<slug:slug>/studies/", studies.studies_page, name="studies"),
    path("m/<slug:slug>/studies/first", studies.create_first, name="study_first"),
    path("m/<slug:slug>/studies/<int:study_id>/money", study_rules.money_page, name="study_money"),
    path("m/<slug:slug>/studies/<int:study_id>/rules", study_rules.rules_page, name="study_rules"),
    path(
        "m/<slug:slug>/studies/<int:study_id>/assumptions",
        study_rules.assumptions_page,
        name="study_assumptions",
    ),
    path("m/<slug:slug>/studies/<int:study_id>/copy", studies.copy, name="study_copy"),
    path("m/<slug:slug>/studies/<int:study_id>/size", studies.set_study_size, name="study_size"),
    path("m/<slug:slug>/studies/pilot", studies.create_pilot, name="study_pilot"),
    path("m/<slug:slug>/studies/<int:study_id>/run", runs.create, name="run_create"),
    path(f"{RUN}/", runs.run_page, name="run"),
    path(f"{RUN}/scores.json", map_data.scores_json, name="run_scores"),
    path(f"{RUN}/hours.json", map_data.hours_json, name="run_hours"),
    path(f"{RUN}/parcels/<path:ref>/brief.json", map_data.brief_json, name="parcel_brief"),
    path(f"{RUN}/ranking.csv", downloads.ranking_csv, name="ranking_csv"),
    path(f"{RUN}/map.html", downloads.map_file, name="run_map"),
    path(f"{RUN}/parcels/<path:ref>/hourly.json", downloads.hourly_json, name="hourly"),
    path(f"{RUN}/parcels/<path:ref>/hourly.csv", downloads.hourly_csv, name="hourly_csv"),
    path(f"{RUN}/parcels/<path:ref>/cash-flow.csv", downloads.cash_flow_csv, name="cash_flow_csv"),
    path(f"{RUN}/parcels/<path:ref>/pin", parcels.pin, name="parcel_pin"),
    path(f"{RUN}/parcels/<path:ref>/verify", parcels.verify, name="parcel_verify"),
    path(f"{RUN}/parcels/<path:ref>/", parcels.parcel_page, name="parcel"),
    path(f"{RUN}/reports/", reports.create, name="report_create"),
    path("m/<slug:slug>/reports/", reports.reports_page, name="reports"),
    path("m/<slug:slug>/reports/<int:report_id>/file", reports.download, name="report_file"),
    path("api/runs/<uuid:run_id>.json", api.run_json, name="api_run"),
]
