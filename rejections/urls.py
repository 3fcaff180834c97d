"""The company's rejections: registering one, the list, and the spreadsheets."""

from django.urls import path

from rejections import views

app_name = "rejections"

urlpatterns = [
    path("", views.rejection_create, name="rejection_create"),
    path("registrerede/", views.rejection_list, name="rejection_list"),
    path("registrerede/afslag.xlsx", views.rejection_xlsx, name="rejection_xlsx"),
    path("registrerede/afslag.csv", views.rejection_csv, name="rejection_csv"),
]
