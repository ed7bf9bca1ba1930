"""Every address of the site: the API as it is, the pages by language."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("privacy_app.api_urls")),
]
