"""What each role finds in the menu bar and on the front page. Links are URL names, so that core knows no feature."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from laereplads.access.middleware import may_choose_language
from laereplads.access.models import Membership
from laereplads.access.roles import Role

type Text = str | Promise


@dataclass(frozen=True)
class Link:
    """A page of the portal; `query` narrows it ("?niveau=high")."""

    text: Text
    url_name: str
    description: Text = ""
    query: str = ""

    @cached_property
    def url(self) -> str:
        return reverse(self.url_name) + self.query


@dataclass(frozen=True)
class Group:
    """Links of the front page that belong together, with what they are for."""

    heading: Text
    purpose: Text
    links: tuple[Link, ...]
    # The name under which a feature has entered what there is to say just now.
    notice: str = ""

    def words_for(self, membership: Membership) -> Text:
        """The group's notice to whom the membership acts for; empty when there is none."""
        tell = NOTICES.get(self.notice)
        return tell(membership) if tell else ""


# What features say on the front page, in one statement at most; entered by name in their AppConfig.ready.
NOTICES: dict[str, Callable[[Membership], Text]] = {}


FRONT_PAGE = Link(_("Forside"), "front_page")

MENU: dict[Role, tuple[Link, ...]] = {
    Role.COMPANY_STAFF: (
        FRONT_PAGE,
        Link(_("Frafaldsrisiko (SOSU)"), "risk:assessment_list"),
        Link(_("Lærlingeoversigt"), "risk:agreement_list"),
        Link(_("Registrer afslag"), "rejections:rejection_create"),
    ),
    Role.SCHOOL_STAFF: (FRONT_PAGE, Link(_("Elevoversigt"), "schools:student_list")),
    Role.STUDENT: (FRONT_PAGE, Link(_("Min side"), "students:own_page")),
    Role.ADMINISTRATOR: (FRONT_PAGE, Link(_("Administration"), "admin:index")),
}

GROUPS: dict[Role, tuple[Group, ...]] = {
    Role.COMPANY_STAFF: (
        Group(
            _("Lærlinge"),
            _("Få overblik over jeres lærlinge, og fortæl skolen, hvem der er i risiko for at falde fra."),
            (
                Link(_("Lærlingeoversigt"), "risk:agreement_list", _("Alle jeres lærlinge og deres aftaler.")),
                Link(
                    _("Frafaldsrisiko (SOSU)"),
                    "risk:assessment_list",
                    _("Registrer, om risikoen for frafald er høj, middel eller lav."),
                ),
            ),
        ),
        Group(
            _("Søg nye lærlinge"),
            _("Registrer, hvorfor I afslår en ansøgning. I har pligt til det, senest to uger efter afslaget."),
            (
                Link(
                    _("Registrer afslag"),
                    "rejections:rejection_create",
                    _("Til statistik. Ansøgeren får ikke besked fra portalen."),
                ),
                Link(
                    _("Registrerede afslag"),
                    "rejections:rejection_list",
                    _("Jeres egne afslag og begrundelser, uden ansøgernes oplysninger."),
                ),
            ),
            notice="rejections",
        ),
        Group(
            _("Uddannelsesaftaler"),
            _("Se, hvilke aftaler der løber, og hvilke der snart slutter."),
            (
                Link(
                    _("Aftaler, der slutter inden for tre måneder"),
                    "risk:agreement_list",
                    query="?slutter=snart",
                ),
            ),
        ),
    ),
    Role.SCHOOL_STAFF: (
        Group(
            _("Elever"),
            _("Find de elever, der har brug for dig nu. Filtrér efter risiko, og se, hvor gammel vurderingen er."),
            (
                Link(_("Elevoversigt"), "schools:student_list", _("Alle skolens elever, med filtre.")),
                Link(
                    _("Elever med høj frafaldsrisiko"),
                    "schools:student_list",
                    query="?niveau=high&sortering=oldest",
                ),
                Link(_("Mine elever"), "schools:student_list", _("De elever, du følger."), query="?mine=on"),
            ),
        ),
    ),
    Role.STUDENT: (
        Group(
            _("Min side"),
            _("Se din uddannelsesaftale, og hvad din arbejdsplads har vurderet."),
            (
                Link(_("Min side"), "students:own_page", _("Overblik over dig og din uddannelse.")),
                Link(
                    _("Mit uddannelsesforløb"),
                    "students:own_agreement",
                    _("Din aftale, din frafaldsrisiko, og hvem der kan se den."),
                ),
                Link(
                    _("Hvem har set mine oplysninger"),
                    "students:own_readings",
                    _("Hvornår, hvilken organisation, og hvad det skulle bruges til."),
                ),
                Link(
                    _("Hent mine oplysninger"),
                    "students:own_data",
                    _("Alt, hvad portalen ved om dig. Du kan læse det, skrive det ud og gemme det."),
                ),
            ),
        ),
    ),
    Role.ADMINISTRATOR: (
        Group(
            _("Administration"),
            _("Vedligehold brugere, tilknytninger, organisationer, elever og aftaler."),
            (
                Link(_("Administration"), "admin:index"),
                Link(_("Indlæs elever fra en fil"), "admin:people_student_import"),
            ),
        ),
    ),
}


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: what the portal is called, and what this user's header shows."""
    membership: Membership | None = getattr(request, "membership", None)
    memberships: list[Membership] = getattr(request, "memberships", [])
    return {
        "portal": settings.PORTAL_TEXTS,
        "membership": membership,
        "may_switch_role": len(memberships) > 1,
        "menu": menu(request, membership),
        # A session that nobody is logged in with ends unnoticed.
        "seconds_left": request.session.seconds_left() if is_logged_in(request) else None,  # type: ignore[attr-defined]
        "languages": settings.LANGUAGES if hasattr(request, "user") and may_choose_language(request) else (),
    }


def is_logged_in(request: HttpRequest) -> bool:
    return hasattr(request, "user") and request.user.is_authenticated


def menu(request: HttpRequest, membership: Membership | None) -> list[dict[str, Any]]:
    """The menu bar: the current page's link, and the one whose section the page lies in, stand out."""
    if membership is None:
        return []
    entries = []
    for link in MENU[Role(membership.role)]:
        is_current = request.path == link.url
        is_section = link is not FRONT_PAGE and request.path.startswith(link.url)
        entries.append({"text": str(link.text), "url": link.url, "is_current": is_current, "is_section": is_section})
    return entries
