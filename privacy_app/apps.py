from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "privacy_app.desk.Desk"
