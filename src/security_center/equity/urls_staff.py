"""Addresses of the figures."""

from django.urls import URLPattern, path

from .views import figures, imports, state

app_name = "equity"
urlpatterns: list[URLPattern] = [
    path("figures/", figures.statistics, name="statistics"),
    path("figures/equity/", figures.equity, name="equity"),
    path("figures/equity/read/", figures.read, name="read"),
    path("figures/imports/", imports.imports, name="imports"),
    path("figures/imports/<uuid:pk>/", imports.one, name="import"),
    path("figures/imports/<uuid:pk>/undo/", imports.undo, name="import_undo"),
    path("figures/imports/<uuid:pk>/use/", imports.use, name="import_use"),
    path("figures/state/", state.state_export, name="state_export"),
    path("figures/state/file/", state.state_file, name="state_file"),
]
