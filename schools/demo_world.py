"""Whom one can log in as at a school, in a demo."""

from django.utils.translation import gettext_lazy as _

from laereplads.access.personas import Persona, Post
from laereplads.access.roles import Role
from laereplads.people.demo_world import SOSU_BAKKEDAL, SOSU_FJORDBY

PERSONAS = [
    Persona(
        "Mette Østergaard",
        "mette.oestergaard@sosu-fjordby.example",
        (Post(Role.SCHOOL_STAFF, SOSU_FJORDBY),),
        _("Mentor på SOSU Fjordby. Ser på forsiden, hvem der har brug for nogen i dag, egne elever først."),
    ),
    Persona(
        "Jens Kjær",
        "jens.kjaer@sosu-fjordby.example",
        (Post(Role.SCHOOL_STAFF, SOSU_FJORDBY, is_user_administrator=True, is_leader=True),),
        _("Leder på SOSU Fjordby. Se hele skolens tal på forsiden, eller lav koder til elever under Brugere."),
    ),
    Persona(
        "Karen Toft",
        "karen.toft@sosu-fjordby.example",
        (Post(Role.SCHOOL_STAFF, SOSU_FJORDBY, is_absence_officer=True),),
        _("Fraværsansvarlig på SOSU Fjordby. Ser, at en underretning mangler data. Indlæser fravær fra filer."),
    ),
    Persona(
        "Fatima Hassan",
        "fatima.hassan@sosu-bakkedal.example",
        (Post(Role.SCHOOL_STAFF, SOSU_BAKKEDAL),),
        _("Vejleder på SOSU Bakkedal. Ser kun denne skoles elever."),
    ),
]

MAKES = (
    *("schools.FollowedStudent", "schools.StudentGroup", "schools.StudentGroupMember"),
    *("schools.SavedFilter", "schools.SavedFilterMatch"),
)
NOT_IN_DEMO_WORLD = {
    "schools.OverviewVisit": "whoever looks leaves one",
    "schools.ToldAssessment": "the job makes one when it tells somebody",
}
