"""Passwords that anybody would try are refused, and those that nobody would are not."""

import secrets
import string

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

PREDICTABLE = [
    *("123456789012", "012345678901", "210987654321", "098765432109", "1234567890123456", "000000000000"),
    *("111111222222", "112233445566", "121212121212", "123123123123", "1234-5678-9012", "12 34 56 78 90 12"),
    *("abcdefghijkl", "ABCDEFGHIJKL", "lkjihgfedcba", "abcabcabcabc", "aabbccddeeff", "abcdefgh1234", "123456789abc"),
    *("qwertyuiopas", "asdfghjklasdf", "poiuytrewqlk", "zxcvbnmzxcvbnm", "asdfasdfasdf", "qwertyqwerty"),
    *("kodekodekode", "hemmelighemmelig", "Hund1Hund1Hund1", "aaaaaaaaaaaab", "010120262026", "æøåæøåæøåæøå"),
]
GOOD = [
    "elleve små grise",
    "tolv store elge",
    "Hvad koster en is?",
    "grøn cykel under broen",
    "8 katte og 1 hund",
    "Sommer hos mormor 2026",
]


@pytest.mark.parametrize("password", PREDICTABLE)
def test_what_follows_from_itself_is_refused(password):
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert "password_is_predictable" in {error.code for error in refused.value.error_list}


@pytest.mark.parametrize("password", GOOD)
def test_words_are_taken(password):
    validate_password(password)


@pytest.mark.parametrize("signs", [string.ascii_lowercase, string.ascii_letters + string.digits, string.printable[:94]])
def test_what_a_password_manager_draws_is_taken(signs):
    drawn = ["".join(secrets.choice(signs) for _ in range(16)) for _ in range(500)]
    refused = []
    for password in drawn:
        try:
            validate_password(password)
        except ValidationError as error:
            refused += [password] if error.error_list[0].code == "password_is_predictable" else []
    assert refused == []
