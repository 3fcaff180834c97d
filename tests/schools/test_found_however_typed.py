"""Students are found however they are typed, by name, number, e-mail and telephone; all alphabets sort together."""

import html
import random
import unicodedata
from urllib.parse import urlencode

import pytest
from django.db import connection

from laereplads.database.text import parted
from tests.factories import StudentFactory

APOSTROPHES = "'’‘ʼʻʹ′´`"


def search(school, typed):
    return [html.unescape(name) for name in school.found("?" + urlencode({"navn": typed}))]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        *((f"O{mark}Brian", f"Kim O{other}Brian") for mark in APOSTROPHES for other in "'’"),
        ("obrian", "Kim O'Brian"),
        ("brian", "Kim O’Brian"),
        ("Bøgevang, Amalie", "Amalie Bøgevang"),
        ("bøgevang;amalie", "Amalie Bøgevang"),
        ('(Amalie) "Bøgevang"', "Amalie Bøgevang"),
        ("Anne-Marie", "Anne Marie Holm"),
        ("Anne–Marie", "Anne-Marie Holm"),
        ("lukasz", "Łukasz Nowak"),
        ("Łukasz", "Lukasz Nowak"),
        ("sahin", "Ayşe Şahin"),
        ("yildiz", "Elif Yıldız"),
        ("YILDIZ", "Elif Yıldız"),
        ("ipek", "İpek Demir"),
        ("gudrun", "Guðrún Þórsdóttir"),
        ("thorsdottir", "Guðrún Þórsdóttir"),
        ("joao", "João Gonçalves"),
        ("goncalves", "João Gonçalves"),
        ("nguyen", "Nguyễn Thị Hương"),
        ("huong", "Nguyễn Thị Hương"),
        ("muller", "Jörg Müller"),
        ("mueller", "Jörg Müller"),
        ("myller", "Jörg Müller"),
        ("jorg", "Jörg Müller"),
        ("jørg", "Jörg Müller"),
        ("soren", "Søren Skjødt"),
        ("soeren", "Søren Skjødt"),
        ("sören", "Søren Skjødt"),
        ("skjodt", "Søren Skjødt"),
        ("agard", "Åse Ågård"),
        ("aagaard", "Åse Ågård"),
        ("ågård", "Aase Aagaard"),
        ("baek", "Ib Bæk"),
        ("bäk", "Ib Bæk"),
        ("strauss", "Ida Strauß"),
        ("dordevic", "Đorđe Đorđević"),
        ("zlotowski", "Złotowski"),
        ("cermak", "Jiří Čermák"),
        ("olena", "Олена Шевченко"),
        ("Олена", "Олена Шевченко"),
        ("shevchenko", "Олена Шевченко"),
        ("odysseys", "ΟΔΥΣΣΕΥΣ"),
    ],
)
def test_a_name_is_found_however_it_is_typed(school, typed, written):
    school.student(written)
    school.student("Zacharias Helt Anderledes")

    assert search(school, typed) == [written]


def test_a_decomposed_name_is_the_same_name(school):
    school.student("Zoé Ågård")

    assert search(school, unicodedata.normalize("NFD", "Zoé Ågård")) == ["Zoé Ågård"]


@pytest.mark.parametrize(
    "typed",
    [
        *("E-77/a", "e-77", "E-77/A"),
        *("amalie@skole.example", "AMALIE@", "amalie@sk"),
        *("12345678", "12 34 56 78", "+45 12 34 56 78", "004512345678", "(+45) 1234-5678", "1234", "12.34"),
    ],
)
def test_a_student_is_found_by_number_e_mail_and_telephone(school, typed):
    school.student("Bo", student_number="E-77/a", email="Amalie@skole.example", phone="+45 12345678")
    school.student("Ida", student_number="X-E-77/a", email="x.amalie@skole.example", phone="87 12 34 56")

    assert search(school, typed) == ["Bo"]


@pytest.mark.parametrize("typed", ["77/a", "skole.example", "@", "5678", "+"])
def test_what_stands_in_the_midst_of_them_finds_nobody(school, typed):
    school.student("Bo", student_number="E-77/a", email="amalie@skole.example", phone="12345678")

    assert search(school, typed) == []


def test_a_word_of_letters_alone_is_looked_for_in_names_only(school):
    """As the field's help text says."""
    school.student("Bo", student_number="ABC-1", email="anders@skole.example")
    school.student("Abc Anders")

    assert search(school, "abc") == search(school, "anders") == ["Abc Anders"]
    assert search(school, "abc-1") == search(school, "anders@skole") == ["Bo"]
    assert "med mindst et tal eller et @" in school.page()


MARKS = ["-", ".", "/", ",", ";", "'", "’", '"', "(", ")", "- -", "...", "–", "_", "%", "\\", "*", "?", "' -"]


@pytest.mark.parametrize("typed", MARKS)
def test_marks_alone_find_nobody(school, typed):
    school.student("Kim O'Brian-Holm L. (Test)", student_number="E-77/a", email="kim.o@skole.example", phone="12345678")

    assert search(school, typed) == []


def test_a_mark_that_stands_by_itself_is_no_word(school):
    school.student("Kim Holm")
    school.student("Ida Holm")

    assert search(school, "kim - holm .") == ["Kim Holm"]


def test_a_number_in_a_name_is_still_a_name(school):
    school.student("Testelev 12", student_number="A", phone="87654321")
    school.student("Bo", student_number="12", phone="87654322")

    assert search(school, "12") == ["Bo", "Testelev 12"]
    assert search(school, "Testelev 12") == ["Testelev 12"]


def test_nobody_of_another_school_is_found_by_number(school):
    school.student("Anna", student_number="E1")
    StudentFactory(name="Fremmed", student_number="E1")

    assert search(school, "E1") == ["Anna"]


def test_names_of_all_alphabets_stand_under_their_latin_letters(school):
    in_order = [
        *("Ahmed", "Anna", "Cecilie", "Çelik", "Đorđe", "Dorthe", "Guðrún", "Gunnar", "Łukasz", "Lykke", "Ole"),
        *("Олена", "Şahin", "Sanne", "Zoo", "Żuk", "Ærø", "Øster", "Ågot", "Åse"),
    ]
    for name in reversed(in_order):
        school.student(name)

    assert school.found() == in_order


LETTERS = [letter for letter in map(chr, range(0x41, 0x3100)) if letter.isalpha()]


@pytest.mark.django_db
def test_every_letter_of_every_alphabet_is_found_as_typed_and_sorts_before_ae():
    """Whatever a name is made of, it is found by itself; and what comes of Latin letters stands before Æ."""
    chance = random.Random(7)
    names = ["".join(chance.sample(LETTERS, 6)) for _time in range(300)]
    with connection.cursor() as cursor:
        for name in names:
            for word in parted(name):
                cursor.execute("select strpos(danish_search_keys(%s), danish_search_key(%s)) > 0", [name, word])
                assert cursor.fetchone() == (True,), (name, word)
        latin = [letter for letter in LETTERS if "LATIN" in unicodedata.name(letter, "")]
        latin = [letter for letter in latin if unicodedata.normalize("NFC", letter).lower()[0] not in "æäøöőœå"]
        cursor.execute(
            "select letter from unnest(%s::text[]) letter where danish_sort_key(letter) collate \"C\" >= '{'", [latin]
        )
        assert cursor.fetchall() == []
