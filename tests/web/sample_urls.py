"""A small staff program of the web room alone: the style guide and allauth's pages in our shell."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from security_center.foundation.web import styleguide


class SmallForm(forms.Form):
    what_happened = styleguide.SampleForm.base_fields["what_happened"]
    danger_now = styleguide.SampleForm.base_fields["danger_now"]
    photo = styleguide.SampleForm.base_fields["photo"]


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("what a reporter typed")


def form_page(request: HttpRequest) -> HttpResponse:
    """A report form whose answer can be told to fail, for the tests of the draft keeper."""
    if request.method == "POST":
        if request.POST.get("what_happened") == "break":
            return HttpResponse("upstream is away", status=502, content_type="text/plain")
        form = SmallForm(request.POST, request.FILES)
        return render(
            request,
            "web/sample_form.html",
            {"form": form, "sent": request.POST.get("what_happened") == "good"},
        )
    return render(request, "web/sample_form.html", {"form": SmallForm()})


urlpatterns = [
    path("", include("security_center.foundation.web.urls_staff")),
    path("", include("security_center.foundation.notifications.urls_staff")),
    path("styleguide/", styleguide.staff),
    path("account/", include("allauth.urls")),
    path("broken/", broken),
]
handler404 = "security_center.foundation.web.views.not_found"
handler500 = "security_center.foundation.web.views.server_error"
