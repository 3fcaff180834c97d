"""How templates say what somebody may do."""

from django.utils.translation import gettext as _

from laereplads.access.models import Rights
from laereplads.delegation.forms import WORDS_OF_FLAGS


def rights_in_words(held: Rights) -> str:
    """What a membership or an invitation lets somebody do beyond what everybody at the organisation may."""
    return ", ".join(str(label) for flag, (label, _hint) in WORDS_OF_FLAGS.items() if getattr(held, flag)) or _(
        "Medarbejder"
    )


FILTERS = [rights_in_words]
