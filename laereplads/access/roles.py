"""Who may do what: the whole permission policy on one page. Names only, so that core knows no feature."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    COMPANY_STAFF = "company_staff", _("Medarbejder i en virksomhed")
    SCHOOL_STAFF = "school_staff", _("Medarbejder på en skole")
    STUDENT = "student", _("Elev")
    ADMINISTRATOR = "administrator", _("Administrator")


CHOOSE_MAILS = "notifications.choose_mails"

# The agreement is the whole organisation's: whoever is limited to a workplace of it may read it only.
CHANGE_LOCAL_AGREEMENT_AS_COMPANY = "companies.change_localagreement"
CHANGE_LOCAL_AGREEMENT_AS_SCHOOL = "schools.change_localagreement"
OF_THE_WHOLE_ORGANISATION = frozenset({CHANGE_LOCAL_AGREEMENT_AS_COMPANY})

# What somebody may do beyond their role, by the flag of their membership that says so.
MANAGE_USERS = "delegation.manage_users"
IMPORT_ABSENCE = "absence.import_absence"
PERMISSIONS_OF_FLAGS: dict[str, frozenset[str]] = {
    "is_user_administrator": frozenset({MANAGE_USERS}),
    "is_absence_officer": frozenset({IMPORT_ABSENCE}),
}

# What the administrator maintains. Nothing is deleted there: a relation ends by its date.
MAINTAINED = (
    "accounts.user",
    "access.membership",
    "people.education",
    "people.school",
    "people.company",
    "people.workplace",
    "people.merger",
    "people.student",
    "people.agreement",
    "rejections.rejectionreason",
)
# What the administrator looks things up in, and cannot change.
SEARCHED = (
    "audit.event",
    "access_log.accesslogentry",
    "notifications.outgoingmail",
    "delegation.invitation",
    "absence.absencedelivery",
)

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.COMPANY_STAFF: frozenset(
        {
            # Not people.view_agreement, which is the admin's word for maintaining it.
            "risk.view_agreement",
            "risk.add_riskassessment",
            "rejections.view_rejection",
            "rejections.add_rejection",
            CHOOSE_MAILS,
            # Not absence.view_absence, which opens the school's pages of the same.
            "companies.view_absence",
            "companies.view_localagreement",
            CHANGE_LOCAL_AGREEMENT_AS_COMPANY,
        }
    ),
    Role.SCHOOL_STAFF: frozenset(
        {
            # Not people.view_student, which is the admin's word for maintaining the record.
            "schools.view_student",
            "schools.export_student",
            "schools.follow_student",
            # The school's, whoever of its staff made them; and one's own.
            "schools.change_studentgroup",
            "schools.change_savedfilter",
            CHOOSE_MAILS,
            "absence.view_absence",
            "schools.view_localagreement",
            CHANGE_LOCAL_AGREEMENT_AS_SCHOOL,
        }
    ),
    Role.STUDENT: frozenset(
        {
            "people.view_own_record",
            "access_log.view_own_entries",
            CHOOSE_MAILS,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            "access.administer",
            "people.import_roster",
            "notifications.send_again",
            "people.import_organisations",
            "delegation.import_users",
            "delegation.add_invitation",
            *(
                f"{app}.{act}_{model}"
                for app, model in (name.split(".") for name in MAINTAINED)
                # Who may change something is shown it, too.
                for act in ("add", "change")
            ),
            *("{}.view_{}".format(*name.split(".")) for name in SEARCHED),
        }
    ),
}
