"""Which mails one wants: tick boxes, for Mine beskeder and for pages that are about some kinds only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from laereplads.notifications.choices import chosen, kinds_for
from laereplads.notifications.operations import choose_mails

if TYPE_CHECKING:
    from collections.abc import Collection

    from laereplads.access.models import Membership
    from laereplads.notifications.kinds import MailKind


class MailsForm(forms.Form):
    """A tick box for each kind that the membership can turn on and off; `among` narrows them to those of a page."""

    # A tick that is missing means no only where there was a box: a kind may have come since the page was opened.
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, membership: Membership, among: Collection[MailKind] | None = None, **options: Any
    ) -> None:
        self.membership = membership
        self.kinds = {kind.name: kind for kind in kinds_for(membership, among) if kind.can_be_turned_off}
        own = chosen(membership)
        is_on = {name: own.get(name, kind.is_on) for name, kind in self.kinds.items()}
        super().__init__(data, initial={**is_on, "shown": " ".join(self.kinds)}, **options)
        for name, kind in self.kinds.items():
            self.fields[name] = forms.BooleanField(label=kind.label, help_text=kind.help_text, required=False)

    def save(self) -> None:
        shown = self.cleaned_data["shown"].split()
        choose_mails(self.membership, {name: self.cleaned_data[name] for name in shown if name in self.kinds})
