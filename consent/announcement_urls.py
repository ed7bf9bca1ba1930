from django.urls import path

from consent.views import announcements

app_name = "announcements"
urlpatterns = [
    path("", announcements.announcements, name="announcements"),
    path("read/", announcements.read_all, name="read_all"),
    path("<uuid:id>/", announcements.announcement, name="announcement"),
    path("<uuid:id>/read/", announcements.read, name="read"),
]
