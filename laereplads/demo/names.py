"""Names for made-up people: common ones, put together by chance."""

import random

GIVEN_NAMES = (
    *("Aisha", "Agnieszka", "Amina", "Anders", "Anja", "Anna", "Anne-Mette", "Astrid", "Bente", "Birthe", "Bjørn"),
    *("Bodil", "Camilla", "Caroline", "Charlotte", "Clara", "Daniel", "Dorthe", "Emil", "Emma", "Ewa", "Freja"),
    *("Frederik", "Gitte", "Halima", "Hans-Jørgen", "Ida", "Inger", "Jens", "Jonas", "Jørgen", "Kåre", "Karla"),
    *("Kirsten", "Lærke", "Lars", "Laura", "Leyla", "Line", "Louise", "Lucas", "Mads", "Maja", "Malthe", "Maria"),
    *("Maryam", "Mathilde", "Mikkel", "Mohammed", "Nadia", "Nanna", "Noah", "Olena", "Oscar", "Øjvind", "Pernille"),
    *("Rasmus", "Rikke", "Sanne", "Signe", "Simon", "Sofie", "Søren", "Tanja", "Thu", "Tina", "Trine", "Victoria"),
    *("William", "Yasmin", "Zeynep", "Åge", "Åse"),
)
SURNAMES = (
    *("Aagaard", "Abdi", "Ali", "Andersen", "Bach", "Bæk", "Bang", "Berg", "Bruun", "Christensen", "Dahl", "Demir"),
    *("Eriksen", "Frandsen", "Friis", "Hansen", "Hassan", "Holm", "Hussein", "Iversen", "Jakobsen", "Jensen"),
    *("Johansen", "Jørgensen", "Kjær", "Knudsen", "Kowalska", "Kristensen", "Larsen", "Laursen", "Lindholm", "Lund"),
    *("Madsen", "Møller", "Mortensen", "Nguyen", "Nielsen", "Nørgaard", "Olesen", "Olsen", "Overgaard", "Øbro"),
    *("Østergaard", "Pedersen", "Petersen", "Popescu", "Poulsen", "Rasmussen", "Schmidt", "Simonsen", "Skov"),
    *("Sørensen", "Svendsen", "Thomsen", "Toft", "Vestergaard", "Winther", "Yilmaz", "Ågård"),
)
# How many of a hundred have two surnames with a hyphen between them, and how many have a middle name.
HYPHENATED, MIDDLE_NAMED = 6, 25

IN_ADDRESSES = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", " ": "."})


def full_name(chance: random.Random) -> str:
    given, (middle, surname) = chance.choice(GIVEN_NAMES), chance.sample(SURNAMES, 2)
    kind = chance.randrange(100)
    if kind < HYPHENATED:
        return f"{given} {middle}-{surname}"
    return f"{given} {middle} {surname}" if kind < HYPHENATED + MIDDLE_NAMED else f"{given} {surname}"


def address(name: str, domain: str) -> str:
    """The e-mail address somebody of this name has at `domain`."""
    return f"{name.lower().translate(IN_ADDRESSES)}@{domain}"
