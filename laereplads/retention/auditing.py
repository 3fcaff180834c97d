"""What the change log says of deletion."""

from django.utils.translation import gettext_lazy as _

from laereplads.audit.actions import Action

RETENTION_APPLIED = Action("retention_applied", _("Oplysninger, der har været gemt længe nok, er slettet"))

ACTIONS = [RETENTION_APPLIED]
