from django.urls import path

from consent import announcement_desk

app_name = "announcement_desk"
urlpatterns = [
    path("", announcement_desk.announcements, name="announcements"),
    path("new/", announcement_desk.new, name="new"),
    path("<uuid:id>/", announcement_desk.announcement, name="announcement"),
    path("<uuid:id>/progress/", announcement_desk.progress, name="progress"),
    path("<uuid:id>/<slug:slug>/", announcement_desk.do, name="do"),
]
