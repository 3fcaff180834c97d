"""What each role finds in the menu bar and on the front page. Links are URL names, so that core knows no feature."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, TypedDict

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject, cached_property
from django.utils.translation import get_language
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


class MenuEntry(NamedTuple):
    """A link of the menu bar, and whether it leads to the current page, or into the section that the page lies in."""

    text: str
    url: str
    is_current: bool
    is_section: bool


class Frame(TypedDict):
    """What stands around a page: all in texts, or in what many have in common, as stencils want it."""

    is_logged_in: bool
    user: str
    # Whom she acts for; empty while she acts for nobody.
    party: str
    may_switch_role: bool
    has_password: bool
    menu: tuple[MenuEntry, ...]
    # Where the page is, and what she may read it in besides the language of now.
    address: str
    languages: tuple[tuple[str, str], ...]
    # Seconds until the session ends if nothing is done, and whatever is done; empty where it ends unnoticed.
    left: str
    left_at_most: str


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: what the portal is called, and what this user's header shows, which parts do without."""
    membership: Membership | None = getattr(request, "membership", None)
    return {
        "portal": settings.PORTAL_TEXTS,
        "membership": membership,
        "frame": SimpleLazyObject(partial(framed, request, membership)),
    }


def framed(request: HttpRequest, membership: Membership | None) -> Frame:
    user: Any = getattr(request, "user", None)
    is_known = user is not None and user.is_authenticated
    # A session that nobody is logged in with ends unnoticed.
    left, at_most = request.session.seconds_left() if is_known else ("", "")  # type: ignore[attr-defined]  # our own
    own = get_language()
    languages = settings.LANGUAGES if user is not None and may_choose_language(request) else ()
    return {
        "is_logged_in": is_known,
        "user": user.name if is_known else "",
        "party": membership.party_name if membership else "",
        "may_switch_role": len(getattr(request, "memberships", [])) > 1,
        "has_password": is_known and user.has_usable_password(),
        "menu": menu(request, membership),
        "address": request.get_full_path() if languages else "",
        "languages": tuple((code, name) for code, name in languages if code != own),
        "left": str(left),
        "left_at_most": str(at_most),
    }


def menu(request: HttpRequest, membership: Membership | None) -> tuple[MenuEntry, ...]:
    """The menu bar: the current page's link, and the one whose section the page lies in, stand out."""
    if membership is None:
        return ()
    return tuple(
        MenuEntry(
            str(link.text),
            link.url,
            is_current=request.path == link.url,
            is_section=link is not FRONT_PAGE and request.path.startswith(link.url),
        )
        for link in MENU[Role(membership.role)]
    )
