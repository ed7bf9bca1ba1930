from django.urls import path

from disclosure import views

app_name = "disclosure"
urlpatterns = [
    path("", views.shared, name="shared"),
    path("<uuid:id>/", views.receipt, name="receipt"),
]
