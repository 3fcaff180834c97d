"""Every page × every role × own, foreign and ended: the expected status, no foreign name in any answer, and each
answer that names students to staff in the log.

A new page fails `test_every_page_has_a_row` until it has a row here. Admin pages are all alike and stand at the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import get_resolver, reverse

from laereplads.access.checks import patterns
from laereplads.access.roles import MAINTAINED, PERMISSIONS, Role
from tests.access_log.watching import Answers, watched
from tests.world import World

if TYPE_CHECKING:
    from django.http import HttpResponse

# Who asks. "other" is the same role at another party.
ROLES = (
    "nobody",
    "no role",
    "company",
    "company workplace",
    "other company",
    "former employee",
    "school",
    "other school",
    "student",
    "other student",
    "administrator",
    # As company and school, and they look after the users.
    "company users",
    "school users",
)
AS_COLLEAGUES = {"company users": "company", "school users": "school"}

LOGIN, OK, FORBIDDEN, HIDDEN, NOT_ALLOWED, CONFLICT, INVALID = 302, 200, 403, 404, 405, 409, 422


def only(status: int, *allowed: str, otherwise: int = FORBIDDEN, **special: int) -> dict[str, int]:
    """The status for the `allowed` roles; the rest are asked to log in, or refused with `otherwise`."""
    expected = dict.fromkeys(ROLES, otherwise)
    expected |= {"nobody": LOGIN, "no role": FORBIDDEN, "former employee": FORBIDDEN}
    expected |= dict.fromkeys(allowed, status)
    expected |= {role: expected[colleague] for role, colleague in AS_COLLEAGUES.items() if role not in allowed}
    return expected | {role.replace("_", " "): value for role, value in special.items()}


COMPANIES = ("company", "company workplace", "other company")
SCHOOLS = ("school", "other school")
STUDENTS = ("student", "other student")
ANYBODY = dict.fromkeys(ROLES, OK)
WITH_A_ROLE = only(OK, *COMPANIES, *SCHOOLS, *STUDENTS, "administrator")
WITH_A_LOGIN = WITH_A_ROLE | {"no role": OK, "former employee": OK}
# allauth leads those who are logged in on to the front page.
TO_LOG_IN = dict.fromkeys(ROLES, 302) | {"nobody": OK}


@dataclass(frozen=True)
class Page:
    """One address: whose row it shows, if any, and what each role gets by GET and by an empty POST."""

    name: str
    get: dict[str, int]
    post: dict[str, int]
    of: str = ""

    def __str__(self) -> str:
        return f"{self.name}({self.of})"


def read_only(name: str, get: dict[str, int], of: str = "") -> Page:
    """A page that POST does not reach: 405 for those who may read it."""
    post = {role: NOT_ALLOWED if status == OK else status for role, status in get.items()}
    return Page(name, get, post, of)


def posts_405(get: dict[str, int]) -> dict[str, int]:
    return {role: NOT_ALLOWED if status in {OK, HIDDEN, INVALID} else status for role, status in get.items()}


def invalid(get: dict[str, int]) -> dict[str, int]:
    """An empty form is sent back, to those who may read it."""
    return {role: INVALID if status == OK else status for role, status in get.items()}


def of_company(status: int) -> dict[str, int]:
    """What is at another workplace than the one that "company workplace" is limited to."""
    return only(status, "company", company_workplace=HIDDEN, other_company=HIDDEN)


def of_workplace(status: int) -> dict[str, int]:
    return only(status, "company", "company workplace", other_company=HIDDEN)


def of_whole_company(status: int) -> dict[str, int]:
    """What whoever is limited to a workplace may not do at all."""
    return only(status, "company", other_company=HIDDEN)


def of_school(status: int) -> dict[str, int]:
    return only(status, "school", other_school=HIDDEN)


def of_one_employee(status: int) -> dict[str, int]:
    """Not a colleague's at the same school either."""
    return of_school(status) | {"school users": HIDDEN}


def of_users(company: int, school: int) -> dict[str, int]:
    """For those who look after users: of the company, and of the school."""
    return only(FORBIDDEN, company_users=company, school_users=school)


HIDDEN_FROM_ALL = dict.fromkeys(ROLES, HIDDEN) | {"nobody": LOGIN}
CONFIRM_FIRST = dict.fromkeys(ROLES, 302)
NOT_EVEN_OWN_COMPANY = only(HIDDEN, *COMPANIES)
NOT_EVEN_OWN_SCHOOL = only(HIDDEN, *SCHOOLS)
FILES_IN = only(HIDDEN, "school users")

PAGES = [
    read_only("front_page", WITH_A_ROLE),
    Page("choose_membership", WITH_A_ROLE, only(HIDDEN, *COMPANIES, *SCHOOLS, *STUDENTS, "administrator")),
    Page("choose_language", dict.fromkeys(ROLES, NOT_ALLOWED), dict.fromkeys(ROLES, 302)),
    read_only("accessibility", ANYBODY),
    read_only("cookies", ANYBODY),
    read_only("privacy", ANYBODY),
    read_only("retention", ANYBODY),
    read_only("health_live", ANYBODY),
    read_only("health_ready", ANYBODY),
    Page("account_login", TO_LOG_IN, dict.fromkeys(ROLES, 302) | {"nobody": INVALID}),
    Page("account_logout", WITH_A_LOGIN, dict.fromkeys(ROLES, 302)),
    Page("account_sessions", WITH_A_LOGIN, dict.fromkeys(ROLES, 302)),
    Page("account_change_password", WITH_A_LOGIN, invalid(WITH_A_LOGIN)),
    read_only("account_kept", WITH_A_LOGIN),
    Page("account_time_left", ANYBODY, ANYBODY),
    Page("mfa_authenticate", dict.fromkeys(ROLES, 302), dict.fromkeys(ROLES, 302)),
    # Nobody in this world has a second factor; whoever changes hers shows first that it is her.
    read_only("mfa_index", WITH_A_LOGIN),
    *(Page(name, CONFIRM_FIRST, CONFIRM_FIRST) for name in ("mfa_activate_totp", "mfa_add_webauthn")),
    Page("mfa_generate_recovery_codes", CONFIRM_FIRST, CONFIRM_FIRST),
    Page("mfa_remove_webauthn", CONFIRM_FIRST, CONFIRM_FIRST, of="no key"),
    Page("mfa_deactivate_totp", HIDDEN_FROM_ALL, HIDDEN_FROM_ALL),
    Page("mfa_view_recovery_codes", HIDDEN_FROM_ALL, posts_405(HIDDEN_FROM_ALL)),
    Page("account_reauthenticate", WITH_A_LOGIN, invalid(WITH_A_LOGIN)),
    *(Page(name, CONFIRM_FIRST, CONFIRM_FIRST) for name in ("mfa_reauthenticate", "mfa_reauthenticate_webauthn")),
    read_only("demo:component_list", ANYBODY),
    read_only("demo:mail_list", ANYBODY),
    read_only("demo:file_list", ANYBODY),
    Page("demo:file_download", dict.fromkeys(ROLES, HIDDEN), dict.fromkeys(ROLES, NOT_ALLOWED), of="nothing"),
    Page("demo:run_jobs", dict.fromkeys(ROLES, NOT_ALLOWED), dict.fromkeys(ROLES, 302)),
    Page("demo:log_in_as", dict.fromkeys(ROLES, NOT_ALLOWED), dict.fromkeys(ROLES, HIDDEN)),
    # By a broker, an invitation or a request; who comes back from a broker has tests of their own.
    Page("sign_in_start", dict.fromkeys(ROLES, NOT_ALLOWED), dict.fromkeys(ROLES, HIDDEN), of="no broker"),
    Page("sign_in_callback", dict.fromkeys(ROLES, HIDDEN), dict.fromkeys(ROLES, NOT_ALLOWED), of="no broker"),
    Page("sign_in_ended", dict.fromkeys(ROLES, NOT_ALLOWED), dict.fromkeys(ROLES, HIDDEN), of="no broker"),
    Page("invitation", ANYBODY, dict.fromkeys(ROLES, INVALID)),
    Page("invitation_accept", dict.fromkeys(ROLES, 302), dict.fromkeys(ROLES, 302)),
    Page("access_request", dict.fromkeys(ROLES, 302), dict.fromkeys(ROLES, 302)),
    # Users
    read_only("user_list", of_users(OK, OK)),
    Page("user_invite", of_users(OK, OK), of_users(INVALID, INVALID)),
    Page("user_detail", of_users(OK, HIDDEN), of_users(302, HIDDEN), of="colleague"),
    Page("request_detail", of_users(OK, HIDDEN), of_users(CONFLICT, HIDDEN), of="request"),
    Page("invitation_again", of_users(NOT_ALLOWED, NOT_ALLOWED), of_users(302, HIDDEN), of="invitation"),
    Page("invitation_withdraw", of_users(NOT_ALLOWED, NOT_ALLOWED), of_users(302, HIDDEN), of="invitation"),
    Page("user_confirmation", of_users(OK, OK), of_users(HIDDEN, HIDDEN)),
    Page("student_codes", of_users(HIDDEN, OK), of_users(NOT_ALLOWED, NOT_ALLOWED)),
    Page("student_letters", of_users(NOT_ALLOWED, NOT_ALLOWED), of_users(HIDDEN, 302)),
    Page("mail_settings", only(OK, *COMPANIES, *SCHOOLS, *STUDENTS), only(302, *COMPANIES, *SCHOOLS, *STUDENTS)),
    # Companies
    read_only("companies:assessment_list", only(OK, *COMPANIES)),
    read_only("companies:agreement_list", only(OK, *COMPANIES)),
    Page("companies:assessment_update", of_company(OK), of_company(INVALID), of="running agreement"),
    Page("companies:assessment_update", of_company(OK), of_company(INVALID), of="agreement ended lately"),
    Page("companies:assessment_update", of_workplace(OK), of_workplace(INVALID), of="agreement at a workplace"),
    Page("companies:assessment_update", NOT_EVEN_OWN_COMPANY, NOT_EVEN_OWN_COMPANY, of="agreement ended long ago"),
    Page("companies:assessment_update", NOT_EVEN_OWN_COMPANY, NOT_EVEN_OWN_COMPANY, of="agreement without SOSU"),
    Page("companies:assessment_update", NOT_EVEN_OWN_COMPANY, NOT_EVEN_OWN_COMPANY, of="nothing"),
    Page("companies:low_for_many", only(INVALID, *COMPANIES), only(INVALID, *COMPANIES)),
    *(
        Page("companies:assessment_pause", posts_405(status), status, of=of)
        for status, of in (
            (of_company(INVALID), "running agreement"),
            (of_workplace(INVALID), "agreement at a workplace"),
            (NOT_EVEN_OWN_COMPANY, "agreement ended long ago"),
            (NOT_EVEN_OWN_COMPANY, "nothing"),
        )
    ),
    Page("companies:rejection_create", only(OK, *COMPANIES), only(INVALID, *COMPANIES)),
    read_only("companies:rejection_list", only(OK, *COMPANIES)),
    read_only("companies:rejection_xlsx", only(OK, *COMPANIES)),
    read_only("companies:rejection_csv", only(OK, *COMPANIES)),
    read_only("companies:absence_list", only(OK, *COMPANIES)),
    read_only("companies:absence_xlsx", only(OK, *COMPANIES)),
    Page("companies:absence_mails", only(NOT_ALLOWED, *COMPANIES), only(302, *COMPANIES)),
    *(
        Page("companies:absence_detail", status, posts_405(status), of=of)
        for status, of in (
            (of_company(OK), "running agreement"),
            (of_company(OK), "agreement ended lately"),
            (of_workplace(OK), "agreement at a workplace"),
            (NOT_EVEN_OWN_COMPANY, "agreement ended long ago"),
            (NOT_EVEN_OWN_COMPANY, "nothing"),
        )
    ),
    read_only("companies:school_period_list", only(OK, *COMPANIES)),
    read_only("companies:school_period_xlsx", only(OK, *COMPANIES)),
    # Schools
    read_only("schools:student_list", only(OK, *SCHOOLS)),
    read_only("schools:student_xlsx", only(OK, *SCHOOLS)),
    Page("schools:student_detail", of_school(OK), posts_405(of_school(OK)), of="student"),
    Page("schools:student_detail", NOT_EVEN_OWN_SCHOOL, posts_405(NOT_EVEN_OWN_SCHOOL), of="student signed off"),
    Page("schools:student_detail", NOT_EVEN_OWN_SCHOOL, posts_405(NOT_EVEN_OWN_SCHOOL), of="nothing"),
    Page("schools:student_follow", posts_405(of_school(OK)), of_school(302), of="student"),
    Page("schools:student_follow", posts_405(of_school(OK)), NOT_EVEN_OWN_SCHOOL, of="student signed off"),
    Page("schools:import_upload", only(OK, "school users"), only(INVALID, "school users")),
    # Done already, or dropped.
    Page("schools:import_preview", FILES_IN, only(302, "school users"), "nothing"),
    Page("schools:import_lines", FILES_IN, posts_405(FILES_IN), "nothing"),
    read_only("schools:notice_list", only(OK, *SCHOOLS)),
    Page("schools:group_list", only(OK, *SCHOOLS), only(INVALID, *SCHOOLS)),
    Page("schools:group_add", only(OK, *SCHOOLS), only(INVALID, *SCHOOLS)),
    Page("schools:group_update", of_school(OK), of_school(INVALID), of="group"),
    Page("schools:group_update", NOT_EVEN_OWN_SCHOOL, NOT_EVEN_OWN_SCHOOL, of="nothing"),
    # The first deletes it.
    Page("schools:group_delete", of_school(OK), of_one_employee(302), of="group"),
    # Without the number that was seen.
    Page("schools:group_remove", of_school(OK), of_school(CONFLICT), of="group"),
    Page("schools:student_groups", posts_405(of_school(OK)), of_school(302), of="student"),
    Page("schools:student_groups", posts_405(of_school(OK)), NOT_EVEN_OWN_SCHOOL, of="student signed off"),
    read_only("schools:saved_filter_list", only(OK, *SCHOOLS)),
    # Nothing to save.
    Page("schools:saved_filter_create", only(OK, *SCHOOLS), only(INVALID, *SCHOOLS)),
    Page("schools:saved_filter_update", of_one_employee(OK), of_one_employee(INVALID), of="saved filter"),
    Page("schools:saved_filter_delete", posts_405(of_one_employee(OK)), of_one_employee(302), of="saved filter"),
    # Local agreements: whoever is limited to a workplace reads them only.
    read_only("companies:local_agreement_list", only(OK, *COMPANIES)),
    Page(
        "companies:local_agreement_detail",
        of_workplace(OK),
        posts_405(of_workplace(OK)),
        of="school of the company",
    ),
    Page(
        "companies:local_agreement_propose",
        of_whole_company(OK),
        of_whole_company(INVALID),
        of="school of the company",
    ),
    Page(
        "companies:local_agreement_answer",
        posts_405(of_whole_company(OK)),
        of_whole_company(HIDDEN),
        of="school of the company",
    ),
    Page("companies:local_agreement_end", of_whole_company(OK), of_whole_company(INVALID), of="local agreement"),
    read_only("schools:local_agreement_list", only(OK, *SCHOOLS)),
    Page("schools:local_agreement_detail", of_school(OK), posts_405(of_school(OK)), of="company of the school"),
    Page("schools:local_agreement_propose", of_school(OK), of_school(INVALID), of="company of the school"),
    Page("schools:local_agreement_answer", posts_405(of_school(OK)), NOT_EVEN_OWN_SCHOOL, of="company of the school"),
    Page("schools:local_agreement_end", of_school(OK), of_school(INVALID), of="local agreement"),
    Page("schools:local_agreement_detail", NOT_EVEN_OWN_SCHOOL, posts_405(NOT_EVEN_OWN_SCHOOL), of="nothing"),
    # Students
    read_only("students:own_page", only(OK, *STUDENTS)),
    read_only("students:own_agreement", only(OK, *STUDENTS)),
    read_only("students:own_school_periods", only(OK, *STUDENTS)),
    read_only("students:own_absence", only(OK, *STUDENTS)),
    read_only("students:own_access_log", only(OK, *STUDENTS)),
    read_only("students:own_viewers", only(OK, *STUDENTS)),
    read_only("students:own_data", only(OK, *STUDENTS)),
    read_only("students:own_data_file", only(OK, *STUDENTS)),
]

# Pages of the reset mail: open to all, told apart by secrets that only the mail holds; tested with the login.
ELSEWHERE = {
    "account_inactive",
    "account_new_address",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}


def url(world: World, page: Page) -> str:
    return reverse(page.name, args=[world.ids[page.of]] if page.of else [])


def assert_as_expected(response: HttpResponse, expected: int, foreign: list[str], who: str, answers: Answers) -> None:
    assert response.status_code == expected, f"{who} got {response.status_code}, not {expected}"
    text = answers.add(response)
    assert [marker for marker in foreign if marker in text] == [], f"{who} saw somebody else's student"


@pytest.mark.parametrize("row", PAGES, ids=str)
@pytest.mark.parametrize("htmx", [False, True], ids=["page", "part"])
def test_reading(world, row, htmx):
    headers = {"HX-Request": "true"} if htmx else {}
    for role in ROLES:
        with watched(world.memberships.get(role)) as answers:
            response = world.clients[role].get(url(world, row), headers=headers)
            expected = row.get[role]
            # A lost session answers htmx with a redirect of its own kind.
            if htmx and expected == LOGIN and response.headers.get("HX-Redirect"):
                expected = OK
            assert_as_expected(response, expected, world.foreign[role], role, answers)


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_writing(world, row):
    for role in ROLES:
        with watched(world.memberships.get(role)) as answers:
            response = world.clients[role].post(url(world, row), {})
            assert_as_expected(response, row.post[role], world.foreign[role], role, answers)


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.parametrize("row", PAGES, ids=str)
def test_no_other_method_reaches_a_page(world, row, method):
    for role in ROLES:
        response = getattr(world.clients[role], method)(url(world, row))
        assert response.status_code in {LOGIN, FORBIDDEN, HIDDEN, NOT_ALLOWED}, role


def test_every_page_has_a_row():
    named = {page.name for page in PAGES} | ELSEWHERE
    existing = {
        f"{namespace}:{pattern.name}" if namespace else pattern.name
        for _route, namespace, pattern in patterns(get_resolver())
        if namespace != "admin"
    }
    assert existing == named


def admin_pages() -> list[str]:
    """Every admin page that needs no object, by name."""
    imports = ("people_student_import", "people_company_import", "accounts_user_import")
    names = ["admin:index", *(f"admin:{name}" for name in imports)]
    for model in admin.site._registry:
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        names.append(f"{stem}_changelist")
        if model._meta.label_lower in MAINTAINED:
            names.append(f"{stem}_add")
    return names


def test_the_admin_is_the_administrators_alone(world):
    for name in admin_pages():
        for role in ROLES:
            expected = {"nobody": 302, "administrator": 200}.get(role, FORBIDDEN)
            response = world.clients[role].get(reverse(name))
            assert response.status_code == expected, f"{role} got {response.status_code} at {name}"


def test_administrators_change_what_they_maintain(world):
    # A merger is made, and never changed.
    for label in set(MAINTAINED) - {"people.merger"}:
        record = apps.get_model(label)._base_manager.order_by("pk").last()
        page = world.clients["administrator"].get(reverse(f"admin:{label.replace('.', '_')}_change", args=[record.pk]))
        assert 'name="_save"' in page.text, label


def test_nobody_else_may_maintain_anything() -> None:
    """A permission of the administration opens nothing without its door; nobody else holds one all the same."""
    maintains = {permission for permission in PERMISSIONS[Role.ADMINISTRATOR] if permission != "access.administer"}
    assert {role for role, permissions in PERMISSIONS.items() if permissions & maintains} == {Role.ADMINISTRATOR}
    assert {role for role in Role if "access.administer" in PERMISSIONS[role]} == {Role.ADMINISTRATOR}


def test_foreign_and_missing_rows_answer_alike(world):
    """Not even the length of the answer tells that a row exists."""
    for page, role in (("companies:assessment_update", "other company"), ("schools:student_detail", "other school")):
        of = "running agreement" if page.startswith("risk") else "student"
        foreign = world.clients[role].get(reverse(page, args=[world.ids[of]]))
        missing = world.clients[role].get(reverse(page, args=[world.ids["nothing"]]))
        assert without_tokens(foreign, world.ids[of]) == without_tokens(missing, world.ids["nothing"])


def without_tokens(response: HttpResponse, public_id: object) -> str:
    """The answer without what differs each time: the address asked for, the form's token, and the seconds left."""
    text = re.sub(r'"csrfmiddlewaretoken" value="\w+"|data-(left|at-most)="\d+"', "", response.content.decode())
    return text.replace(str(public_id), "")


def test_an_unknown_address_is_a_404_for_all(world):
    for role in ROLES:
        assert world.clients[role].get("/findes-ikke/").status_code == HIDDEN, role
