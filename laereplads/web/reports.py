"""What a report of an error may tell: where it went wrong, never with whose data."""

from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class ReportWithoutValues(SafeExceptionReporterFilter):
    """Leaves out what was sent and what variables held: forms here hold people. Developers' pages show them (DEBUG)."""

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {} if self.is_active(request) else super().get_post_parameters(request)

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> Any:
        return [] if self.is_active(request) else super().get_traceback_frame_variables(request, tb_frame)
