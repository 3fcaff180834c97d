"""The company's pages: dropout risk and the window that records it, its students and agreements, their absence and
school periods, its rejections.
"""

from django.urls import path

from companies import absence_views, assessment_views, rejection_views

app_name = "companies"

urlpatterns = [
    path("frafaldsrisiko/", assessment_views.assessment_list, name="assessment_list"),
    path("frafaldsrisiko/<uuid:public_id>/", assessment_views.assessment_update, name="assessment_update"),
    path("laerlinge/", assessment_views.agreement_list, name="agreement_list"),
    path("fravaer/", absence_views.absence_list, name="absence_list"),
    path("fravaer/fravaer.xlsx", absence_views.absence_xlsx, name="absence_xlsx"),
    path("fravaer/beskeder/", absence_views.absence_mails, name="absence_mails"),
    path("fravaer/<uuid:public_id>/", absence_views.absence_detail, name="absence_detail"),
    path("skoleophold/", absence_views.school_period_list, name="school_period_list"),
    path("skoleophold/skoleophold.xlsx", absence_views.school_period_xlsx, name="school_period_xlsx"),
    path("afslag/", rejection_views.rejection_create, name="rejection_create"),
    path("afslag/registrerede/", rejection_views.rejection_list, name="rejection_list"),
    path("afslag/registrerede/afslag.xlsx", rejection_views.rejection_xlsx, name="rejection_xlsx"),
    path("afslag/registrerede/afslag.csv", rejection_views.rejection_csv, name="rejection_csv"),
]
