"""The company's pages: the risk overview with its window, and the overview of students and agreements."""

from django.urls import path

from risk import views

app_name = "risk"

urlpatterns = [
    path("frafaldsrisiko/", views.assessment_list, name="assessment_list"),
    path("frafaldsrisiko/<uuid:public_id>/", views.assessment_update, name="assessment_update"),
    path("laerlinge/", views.agreement_list, name="agreement_list"),
]
