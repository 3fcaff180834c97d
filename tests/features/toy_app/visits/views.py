"""The school's page of its visits."""

from django.http import HttpResponseBase
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from laereplads.access.permissions import requires_permission
from laereplads.access_log.operations import log_access
from laereplads.access_log.purposes import names_students
from laereplads.web.http import Request
from visits.models import Visit
from visits.purposes import VISIT_OVERVIEW


@requires_permission("visits.view_visit")
@names_students(VISIT_OVERVIEW)
@require_safe
def visit_list(request: Request) -> HttpResponseBase:
    visits = list(Visit.objects.visible_to(request.membership).select_related("student").order_by("-visited_on", "-pk"))
    log_access(request.membership, VISIT_OVERVIEW, [visit.student_id for visit in visits])
    return TemplateResponse(request, "visits/visit_list.html", {"visits": visits})
