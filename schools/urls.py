"""The school's pages: the overview and what is kept of it, groups, a profile, files to read in, Underretning, and local
agreements.
"""

from django.urls import path

from schools import group_views, import_views, local_agreement_views, saved_filter_views, views

app_name = "schools"

urlpatterns = [
    path("elever/", views.student_list, name="student_list"),
    path("elever/elever.xlsx", views.student_xlsx, name="student_xlsx"),
    path("elever/filtre/", saved_filter_views.saved_filter_list, name="saved_filter_list"),
    path("elever/filtre/gem/", saved_filter_views.saved_filter_create, name="saved_filter_create"),
    path("elever/filtre/<uuid:public_id>/", saved_filter_views.saved_filter_update, name="saved_filter_update"),
    path("elever/filtre/<uuid:public_id>/slet/", saved_filter_views.saved_filter_delete, name="saved_filter_delete"),
    path("elever/<uuid:public_id>/", views.student_detail, name="student_detail"),
    path("elever/<uuid:public_id>/grupper/", group_views.student_groups, name="student_groups"),
    path("elever/<uuid:public_id>/foelg/", views.student_follow, name="student_follow"),
    path("grupper/", group_views.group_list, name="group_list"),
    path("grupper/foej/", group_views.group_add, name="group_add"),
    path("grupper/<uuid:public_id>/", group_views.group_update, name="group_update"),
    path("grupper/<uuid:public_id>/slet/", group_views.group_delete, name="group_delete"),
    path("grupper/<uuid:public_id>/fjern/", group_views.group_remove, name="group_remove"),
    path("indlaes/", import_views.import_upload, name="import_upload"),
    path("indlaes/<uuid:public_id>/", import_views.import_preview, name="import_preview"),
    path("indlaes/<uuid:public_id>/fil/", import_views.import_lines, name="import_lines"),
    path("underretning/", views.notice_list, name="notice_list"),
    path("aftaler-med-virksomheder/", local_agreement_views.local_agreement_list, name="local_agreement_list"),
    path(
        "aftaler-med-virksomheder/<slug:number>/",
        local_agreement_views.local_agreement_detail,
        name="local_agreement_detail",
    ),
    path(
        "aftaler-med-virksomheder/<slug:number>/forslag/",
        local_agreement_views.local_agreement_propose,
        name="local_agreement_propose",
    ),
    path(
        "aftaler-med-virksomheder/<slug:number>/svar/",
        local_agreement_views.local_agreement_answer,
        name="local_agreement_answer",
    ),
    path(
        "aftaler-med-virksomheder/<uuid:public_id>/ophoer/",
        local_agreement_views.local_agreement_end,
        name="local_agreement_end",
    ),
]
