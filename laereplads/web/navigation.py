"""What stands around a page: the menu bar of each role, the header, and the groups of the front page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.template.backends.utils import csrf_input
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject, cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from laereplads.database.declarations import declared

if TYPE_CHECKING:
    from laereplads.access.models import Membership

type Text = str | Promise


@dataclass(frozen=True)
class Link:
    """A page of the portal; `query` narrows it ("?niveau=high")."""

    text: Text
    url_name: str
    description: Text = ""
    query: str = ""
    # Who lacks it in the role is not shown the link.
    permission: str = ""

    @cached_property
    def url(self) -> str:
        return reverse(self.url_name) + self.query


def may_follow(link: Link, membership: Membership) -> bool:
    return not link.permission or membership.grants(link.permission)


@dataclass(frozen=True)
class Group:
    """Links of the front page that belong together, with what they are for."""

    heading: Text
    purpose: Text
    links: tuple[Link, ...]
    # What there is to say just now to whom a membership acts for, in one statement at most.
    notice: Callable[[Membership], Text] | None = None

    def links_for(self, membership: Membership) -> list[Link]:
        return [link for link in self.links if may_follow(link, membership)]

    def notice_for(self, membership: Membership) -> Text:
        """The group's notice; empty when there is none."""
        return self.notice(membership) if self.notice else ""


@dataclass(frozen=True)
class Navigation:
    """What one role finds: each app that has pages declares it for them, in its `navigation.py`."""

    role: str
    menu: tuple[Link, ...] = ()
    groups: tuple[Group, ...] = ()
    # What is about the user themselves: beside the name where there is room, and in the footer.
    own: tuple[Link, ...] = ()
    # The role's front page, where it says more than what the groups hold.
    front_page: Callable[[Any], HttpResponseBase] | None = None


# The field of a form that names the membership it is filled in for.
FILLED_IN_FOR = "handler_for"
FRONT_PAGE = Link(_("Forside"), "front_page")


@cache
def menu_of(role: str) -> tuple[Link, ...]:
    """The menu bar of a role: the front page, then what apps declare."""
    return (
        FRONT_PAGE,
        *(link for each in declared("navigation", "NAVIGATION") if each.role == role for link in each.menu),
    )


@cache
def groups_of(role: str) -> tuple[Group, ...]:
    """The front page of a role."""
    return tuple(group for each in declared("navigation", "NAVIGATION") if each.role == role for group in each.groups)


def groups_for(membership: Membership) -> list[tuple[Group, Text]]:
    """Those of the front page with what there is to say just now; a group whose every link is others' is not theirs."""
    groups = groups_of(membership.role)
    return [(group, group.notice_for(membership)) for group in groups if group.links_for(membership)]


@cache
def front_page_of(role: str) -> Callable[[Any], HttpResponseBase] | None:
    """The role's own front page, if it has one."""
    own = (each.front_page for each in declared("navigation", "NAVIGATION") if each.role == role)
    return next(filter(None, own), None)


@cache
def own_links_of(role: str) -> tuple[Link, ...]:
    """What a role finds beside the user's name, and in the footer."""
    return tuple(link for each in declared("navigation", "NAVIGATION") if each.role == role for link in each.own)


class MenuEntry(NamedTuple):
    """A link of the menu bar, and whether it leads to the current page, or into the section that the page lies in."""

    text: str
    url: str
    is_current: bool
    is_section: bool


class Frame(TypedDict):
    """What stands around a page."""

    is_logged_in: bool
    user: str
    # Whom the user acts for; empty while they act for nobody.
    party: str
    # The one workplace of it that they see; empty where they see all.
    workplace: str
    own_links: tuple[Link, ...]
    may_switch_role: bool
    has_password: bool
    menu: tuple[MenuEntry, ...]
    # Where the page is, and in which other languages the user may read it.
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
        # Made once for all forms of a page; Django would give each another one.
        "csrf_input": SimpleLazyObject(partial(form_fields, request, membership)),
    }


def form_fields(request: HttpRequest, membership: Membership | None) -> SafeString:
    """What every form carries: the token against forgery, and the membership that it is filled in for, if any."""
    token: SafeString = csrf_input(request)
    if membership is None:
        return token
    return format_html('{}<input type="hidden" name="{}" value="{}">', token, FILLED_IN_FOR, membership.public_id)


def framed(request: HttpRequest, membership: Membership | None) -> Frame:
    user: Any = getattr(request, "user", None)
    is_known = user is not None and user.is_authenticated
    # A session that nobody is logged in with ends unnoticed.
    left, at_most = request.session.seconds_left() if is_known else ("", "")  # type: ignore[attr-defined]  # our own
    own = get_language()
    languages = settings.LANGUAGES if getattr(request, "may_choose_language", False) else ()
    return {
        "is_logged_in": is_known,
        "user": user.name if is_known else "",
        "party": membership.party_name if membership else "",
        "workplace": membership.workplace.name if membership and membership.workplace else "",
        "own_links": own_links_of(membership.role) if membership else (),
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
        for link in menu_of(membership.role)
        if may_follow(link, membership)
    )
