"""The company's pages: dropout risk and the window that records it, its students and agreements, its rejections."""

from django.urls import path

from companies import assessment_views, rejection_views

app_name = "companies"

urlpatterns = [
    path("frafaldsrisiko/", assessment_views.assessment_list, name="assessment_list"),
    path("frafaldsrisiko/<uuid:public_id>/", assessment_views.assessment_update, name="assessment_update"),
    path("laerlinge/", assessment_views.agreement_list, name="agreement_list"),
    path("afslag/", rejection_views.rejection_create, name="rejection_create"),
    path("afslag/registrerede/", rejection_views.rejection_list, name="rejection_list"),
    path("afslag/registrerede/afslag.xlsx", rejection_views.rejection_xlsx, name="rejection_xlsx"),
    path("afslag/registrerede/afslag.csv", rejection_views.rejection_csv, name="rejection_csv"),
]
