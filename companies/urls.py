"""The company's pages: dropout risk, the window that records it, many at once and pauses, its students and agreements,
their absence and school periods, local agreements, its rejections.
"""

from django.urls import path

from companies import (
    absence_views,
    assessment_views,
    bulk_views,
    local_agreement_views,
    pause_views,
    rejection_views,
)

app_name = "companies"

urlpatterns = [
    path("frafaldsrisiko/", assessment_views.assessment_list, name="assessment_list"),
    path("frafaldsrisiko/lav/", bulk_views.low_for_many, name="low_for_many"),
    path("frafaldsrisiko/<uuid:public_id>/", assessment_views.assessment_update, name="assessment_update"),
    path("frafaldsrisiko/<uuid:public_id>/pause/", pause_views.assessment_pause, name="assessment_pause"),
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
    path("aftaler-med-skoler/", local_agreement_views.local_agreement_list, name="local_agreement_list"),
    path(
        "aftaler-med-skoler/<slug:number>/",
        local_agreement_views.local_agreement_detail,
        name="local_agreement_detail",
    ),
    path(
        "aftaler-med-skoler/<slug:number>/forslag/",
        local_agreement_views.local_agreement_propose,
        name="local_agreement_propose",
    ),
    path(
        "aftaler-med-skoler/<slug:number>/svar/",
        local_agreement_views.local_agreement_answer,
        name="local_agreement_answer",
    ),
    path(
        "aftaler-med-skoler/<uuid:public_id>/ophoer/",
        local_agreement_views.local_agreement_end,
        name="local_agreement_end",
    ),
]
