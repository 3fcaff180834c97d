"""How long what only schools have is kept."""

from django.utils.translation import gettext_lazy as _

from laereplads.access.retention import over_memberships
from laereplads.database.retention import Delete, Keep, Months, Rule
from laereplads.people.retention import GONE_STUDENTS


def over() -> str:
    """Lists that nobody can see any more, and what else would hold back a student or a membership that goes."""
    return (
        "student_id in (select id from people_student where signed_off_on < %(mistake)s)"
        " or membership_id in (select id from access_membership where ends_on < %(mistake)s)"
        f" or student_id in ({GONE_STUDENTS}) or membership_id in ({over_memberships()})"
    )


def over_of_employees() -> str:
    """What only an employee uses who has no access any more."""
    return (
        "membership_id in (select id from access_membership where ends_on < %(mistake)s)"
        f" or membership_id in ({over_memberships()})"
    )


PERIODS = {"told_assessments": Months(1)}

RULES = [
    Rule(
        "schools_toldassessment",
        what=_("At skolen straks er oplyst om en vurdering"),
        when=_("{period} efter mailen"),
        does=Delete("told_assessments", "told_at < %(told_assessments_at)s"),
        why=_("Ingen skal have besked to gange om det samme. Portalen ser kun en uge tilbage."),
    ),
    Rule(
        "schools_overviewvisit",
        what=_("Hvilken dag medarbejderen sidst så, hvad der er nyt"),
        when=_("{period} efter, at medarbejderens adgang er slut"),
        does=Delete("mistake", over_of_employees),
        why=_("Den bruges kun til at vise, hvad der er nyt siden sidst."),
    ),
    Rule(
        "schools_savedfiltermatch",
        what=_("Hvem et gemt filter fandt sidst"),
        when=_("{period} efter, at eleven er meldt ud, eller at medarbejderens adgang er slut"),
        does=Delete(
            "mistake",
            lambda: (
                "student_id in (select id from people_student where signed_off_on < %(mistake)s)"
                f" or student_id in ({GONE_STUDENTS})"
                f" or saved_filter_id in (select id from schools_savedfilter where {over_of_employees()})"
            ),
        ),
        why=_("Det bruges kun til at give besked én gang. Portalen glemmer det, når filteret slettes."),
    ),
    Rule(
        "schools_savedfilter",
        what=_("Filtre, som en medarbejder har gemt"),
        when=_("{period} efter, at medarbejderens adgang er slut"),
        does=Delete("mistake", over_of_employees),
        why=_("Ingen andre kan bruge dem. En måned er nok til at rette en fejl."),
    ),
    Rule(
        "schools_studentgroupmember",
        what=_("Hvilke grupper på skolen eleven er i"),
        when=_("{period} efter, at eleven er meldt ud"),
        does=Delete(
            "mistake",
            "student_id in (select id from people_student where signed_off_on < %(mistake)s)"
            f" or student_id in ({GONE_STUDENTS})",
        ),
        why=_("Skolen ser ikke eleven længere. En måned er nok til at rette en fejl."),
        is_published=True,
    ),
    Rule(
        "schools_studentgroup",
        what=_("Skolens grupper: kun navnet"),
        does=Keep(),
        why=_("Navnet handler ikke om nogen. Skolen sletter selv de grupper, den ikke bruger."),
    ),
    Rule(
        "schools_followedstudent",
        what=_("Listen Mine elever"),
        when=_("{period} efter, at eleven er meldt ud, eller at medarbejderens adgang er slut"),
        does=Delete(
            "mistake",
            over,
        ),
        why=_("Portalen viser ikke listen længere. En måned er nok til at rette en fejl."),
    ),
    Rule(
        "schools_studentlistentry",
        what=_("Elevens linje i elevoversigten, som den var"),
        when=_("Natten efter, at en ny linje har afløst den"),
        does=Delete(None, "ends_on < %(today)s"),
        why=_("Skolen ser kun den linje, der gælder i dag. Uden de gamle er listen hurtig."),
        limit=1,
    ),
]
