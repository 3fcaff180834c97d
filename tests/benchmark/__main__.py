"""Pages and saving beside a floor and beside what one would pick instead, at worlds of several sizes in one run."""

from __future__ import annotations

import os
import platform
import sysconfig
from argparse import ArgumentParser
from contextlib import ExitStack
from itertools import permutations
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tests.program import run, set_up

set_up("tests.benchmark")

from tests.benchmark.measuring import Savers, Saving, Times, beside_a_spreadsheet, in_turn
from tests.benchmark.sites import Page, Site, has_rivals, running
from tests.benchmark.visitors import request
from tests.benchmark.worlds import SCHOOLS, opened
from tests.plans.states import SOME_WEEKS_AGO, STATES

TABLES = ("sider", "skoler", "rivaler", "gemme", "regneark", "fravaer", "forsider")
GIGABYTE, MEGABYTE = 1024**3, 1024**2
# So many of each kind in a round; there is one for each order of the kinds.
SAVES = 128
OVERVIEW = (
    ("alle, efter navn", ""),
    ("alle, højeste risiko først", "sortering=risk"),
    ("alle, længst siden vurdering først", "sortering=oldest"),
    ("høj", "niveau=high"),
    ("høj eller middel, ikke siden {day}", "niveau=high&niveau=medium&senest={day}"),
    ("ikke registreret, efter risiko", "niveau=none&sortering=risk"),
    ("eux med synlig profil", "elevtype=eux&synlighed=visible"),
    ("uden aftale, efter alder", "aftale=nej&sortering=oldest"),
    ("mine elever", "mine=on"),
    ("navn: an", "navn=an"),
    ("navn: emma soerensen", "navn=emma+soerensen"),
    ("navn: xyzq", "navn=xyzq"),
)
# The states in which the overview is held against its rivals, as each of them is asked.
RIVALS = (
    "alle, efter navn",
    "alle, efter navn, sidste side",
    "høj",
    "høj eller middel, ikke siden {day}",
    "navn: an",
    "navn: emma soerensen",
)
OTHERS = [
    Page("Frafaldsrisiko (SOSU)", "/frafaldsrisiko/", "company"),
    Page("Frafaldsrisiko (SOSU), høj", "/frafaldsrisiko/?niveau=high", "company"),
    Page("Elevens profil", "/elever/{profile}/", "mentor"),
    Page("Min side", "/minside/", "student"),
    Page("Min side, Uddannelsesaftale", "/minside/uddannelsesforloeb/", "student"),
]

# Held against the company's list of dropout risks.
ABSENCE = [
    OTHERS[0],
    Page("Fraværsoversigt", "/fravaer/", "company"),
    Page("Fraværsoversigt, kun med fravær", "/fravaer/?fravaer=ja", "company"),
    Page("Skoleophold", "/skoleophold/", "company"),
    Page("Elevens profil, Fravær", "/elever/{profile}/?fane=fravaer", "mentor"),
    Page("Underretning", "/underretning/", "mentor"),
]

# Held against the school's overview.
FRONT_PAGES = [
    Page("Elevoversigt", "/elever/", "mentor"),
    Page("Forside, mentor", "/?vis=elever", "mentor"),
    Page("Forside, leder", "/", "mentor"),
    Page("Forside, virksomhed", "/", "company"),
    Page("Frafaldsrisiko (SOSU), bør vurderes nu", "/frafaldsrisiko/?vis=nu", "company"),
    Page("Frafaldsrisiko (SOSU), efter næste vurdering", "/frafaldsrisiko/?sortering=next_due", "company"),
]


class Command(BaseCommand):
    help = "Måler portalens sider og det at gemme ved siden af et gulv og af det, man ellers ville have valgt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        sizes = [10_000, 100_000]
        parser.add_argument("--students", type=int, nargs="+", default=sizes, help="Verdenernes størrelser.")
        parser.add_argument("--rounds", type=int, default=100, help="Hvor mange gange hver side hentes (100).")
        parser.add_argument("--connections", type=int, nargs="+", default=[1, 8], help="Hvor mange ad gangen (1 8).")
        parser.add_argument("--every-state", action="store_true", help="Alle tilstande, som tests.plans ser på.")
        parser.add_argument("--only", choices=TABLES, nargs="+", help="Kun nogle af tabellerne.")
        folder = Path(settings.DATA_DIR) / "benchmark"
        parser.add_argument("--folder", type=Path, default=folder, help="Hvor verdenerne bliver gemt.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Målingen laver opdigtede personer: den kører kun med DEMO=1.")
        wanted = options["only"] or TABLES
        overview = overview_pages(every_state=options["every_state"])
        of_schools = [page._replace(who=who) for page in overview for who in SCHOOLS] if "skoler" in wanted else []
        pages = [*overview, *OTHERS, *(page for page in of_schools if page not in overview)]
        pages += [*ABSENCE[1:], *FRONT_PAGES]
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            worlds = [opened(size, options["folder"] / str(size)) for size in sorted(options["students"])]
            with_rivals = "rivaler" in wanted and has_rivals()
            sites = [stack.enter_context(running(world, pages, folder, with_rivals=with_rivals)) for world in worlds]
            self.say(machine())
            for connections in options["connections"] if "sider" in wanted else ():
                self.compare_pages([*overview, *OTHERS], sites, options["rounds"], connections)
            if "skoler" in wanted:
                self.compare_schools(overview, sites[-1], options["rounds"])
            if with_rivals:
                self.compare_rivals(overview, sites, options["rounds"])
            elif "rivaler" in wanted:
                self.say("\nUden rivaler: hent dem med uv run --group benchmark python -m tests.benchmark")
            for connections in (8, 32) if "gemme" in wanted else ():
                self.compare_saving(sites, connections)
            if "fravaer" in wanted:
                heading = "Fravær ved siden af Frafaldsrisiko (SOSU)"
                self.compare_beside_the_first(heading, ABSENCE, sites, options["rounds"])
            if "forsider" in wanted:
                heading = "Forsider og lister over dem, der bør vurderes, ved siden af Elevoversigt"
                self.compare_beside_the_first(heading, FRONT_PAGES, sites, options["rounds"])
            if "regneark" in wanted:
                self.look_beside_a_spreadsheet(sites, options["rounds"])

    def compare_pages(self, pages: list[Page], sites: list[Site], rounds: int, connections: int) -> None:
        self.say(f"\nSider, {connections} ad gangen: median og p99 i ms, gange gulvet, gange den mindste verden")
        self.say(
            f"{'':50} {'elever':>9} {'sætn.':>5} {'median':>7} {'p99':>7} {'gulv':>7} {'× gulv':>6} {'× N':>5}  bytes"
        )
        for page in pages:
            targets = [
                (site.ports[server], request(site.paths[page], site.cookies[page.who]))
                for site in sites
                for server in ("portal", "gulv")
            ]
            times = in_turn(targets, rounds=rounds, connections=connections)
            smallest = times[0].median
            for site, portal, floor in zip(sites, times[::2], times[1::2], strict=True):
                self.say(
                    f"{page.name:50} {site.world.students:9,} {site.statements[page]:5} {portal.median:7.1f} "
                    f"{portal.p99:7.1f} {floor.median:7.1f} {portal.median / floor.median:6.2f} "
                    f"{portal.median / smallest:5.2f} {portal.size:6,}"
                )

    def compare_schools(self, overview: list[Page], site: Site, rounds: int) -> None:
        sizes = {who: size for who, size in sorted(SCHOOLS.items(), key=itemgetter(1)) if who in site.cookies}
        self.say(
            f"\nElevoversigt på skoler af forskellig størrelse, {site.world.students} elever, 1 ad gangen: median i ms"
        )
        self.say(f"{'':50} {' '.join(f'{size:9,}' for size in sizes.values())}   størst / mindst")
        for page in overview:
            asked = [page._replace(who=who) for who in sizes]
            targets = [(site.ports["portal"], request(site.paths[one], site.cookies[one.who])) for one in asked]
            medians = [times.median for times in in_turn(targets, rounds=rounds, connections=1)]
            told = " ".join(f"{median:9.1f}" for median in medians)
            self.say(f"{page.name:50} {told}   {medians[-1] / medians[0]:5.2f}")

    def compare_beside_the_first(self, heading: str, pages: list[Page], sites: list[Site], rounds: int) -> None:
        self.say(f"\n{heading}, 1 ad gangen: median og p99 i ms, gange den")
        self.say(f"{'':50} {'elever':>9} {'sætn.':>5} {'median':>7} {'p99':>7} {'×':>6}")
        for site in sites:
            targets = [(site.ports["portal"], request(site.paths[page], site.cookies[page.who])) for page in pages]
            times = in_turn(targets, rounds=rounds, connections=1)
            for page, found in zip(pages, times, strict=True):
                self.say(
                    f"{page.name:50} {site.world.students:9,} {site.statements[page]:5} {found.median:7.1f} "
                    f"{found.p99:7.1f} {found.median / times[0].median:6.2f}"
                )

    def compare_rivals(self, pages: list[Page], sites: list[Site], rounds: int) -> None:
        self.say("\nElevoversigt ved siden af Djangos administration og django-tables2, 1 ad gangen: median i ms")
        self.say(f"{'':50} {'elever':>9} {'portal':>7} {'admin':>8} {'× ':>6} {'tables2':>8} {'× ':>6}")
        for page in pages:
            if page.name not in {f"Elever, {name.format(day=some_weeks_ago())}" for name in RIVALS}:
                continue
            for site in sites:
                targets = [(site.ports["portal"], request(site.paths[page], site.cookies["mentor"]))]
                query = site.paths[page].partition("?")[2]
                targets += [
                    (site.ports["rivaler"], request(f"/{rival}/?{query}", {})) for rival in ("admin", "tables2")
                ]
                portal, *rivals = in_turn(targets, rounds=max(rounds // 5, 5), connections=1)
                told = " ".join(f"{rival.median:8.1f} {rival.median / portal.median:6.1f}" for rival in rivals)
                self.say(f"{page.name:50} {site.world.students:9,} {portal.median:7.1f} {told}")

    def compare_saving(self, sites: list[Site], connections: int) -> None:
        each = SAVES // connections
        self.say(f"\nGemme en vurdering, {connections} ad gangen: gemt i sekundet, varigt; median og p99 i ms")
        for site in sites:
            savers = Savers(site, connections)
            portal, floor, one_school = Saving(), Saving(), Saving()
            turns = [("portal", portal, False), ("gulv", floor, False), ("portal", one_school, True)]
            # Before the rounds that count, one that brings into memory what all of them write to.
            for server, _saving, of_one_school in turns:
                savers.save(server, connections, Saving(), each=each, of_one_school=of_one_school)
            for one_order in permutations(turns):
                for server, saving, of_one_school in one_order:
                    savers.save(server, connections, saving, each=each, of_one_school=of_one_school)
            for name, saving in (("portal", portal), ("gulv", floor), ("portal, elever på én skole", one_school)):
                self.say(
                    f"{name:28} {site.world.students:9,} {saving.rate:7.0f} i sekundet, {told(saving.times)}, "
                    f"{len(saving.times.milliseconds)} gemt"
                )
            self.say(
                f"{'':28} {'':9} {portal.rate / floor.rate:7.2f} gange gulvets; "
                f"p99 på én skole er {one_school.times.p99 / portal.times.p99:.2f} gange den spredte"
            )

    def look_beside_a_spreadsheet(self, sites: list[Site], rounds: int) -> None:
        self.say("\nElevoversigt for andre, mens hele den største skole hentes som regneark igen og igen: ms")
        for site in sites:
            found = beside_a_spreadsheet(site, request("/elever/", site.cookies["mentor"]), rounds)
            self.say(
                f"{site.world.students:9,} elever: uden {told(found.without)}; imens {told(found.beside)}; regnearket "
                f"{found.files.median / 1000:.1f} s, {found.files.size / MEGABYTE:.1f} MB; "
                f"en proces voksede højst {found.growth / MEGABYTE:.0f} MB"
            )

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def overview_pages(*, every_state: bool) -> list[Page]:
    """The overview in its states; the first ones also in the middle and at the end."""
    states = [(query, query) for query in STATES] if every_state else list(OVERVIEW)
    pages, day = [], some_weeks_ago()
    for place, (name, query) in enumerate(states):
        sides = ("", "midt", "sidste") if every_state or place < 3 else ("",)  # the three orders
        for side in sides:
            asked = "&".join(filter(None, [query.format(day=day), f"side={side}" if side else ""]))
            words = {"": "", "midt": ", midt i", "sidste": ", sidste side"}[side]
            pages.append(Page(f"Elever, {name.format(day=day)}{words}", f"/elever/?{asked}".rstrip("?"), "mentor"))
    return pages


def some_weeks_ago() -> str:
    return (timezone.localdate() - SOME_WEEKS_AGO).isoformat()


def told(times: Times) -> str:
    return f"median {times.median:.0f}, p99 {times.p99:.0f}"


def machine() -> str:
    memory = psutil.virtual_memory().total / GIGABYTE
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    # As the image of docker-compose.yml is built, and Pythons from elsewhere often are not.
    is_optimised = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    python = f"Python {platform.python_version()}, {'optimeret' if is_optimised else 'ikke optimeret'}"
    return f"{len(os.sched_getaffinity(0))} kerner, {memory:.0f} GB, {python}; belastning før målingen: {load}"


if __name__ == "__main__":
    run(Command(), "tests.benchmark")
