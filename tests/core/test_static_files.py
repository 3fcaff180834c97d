"""What lies beside the files that pages use is not handed out."""

import pytest
from django.contrib.staticfiles.finders import get_finders

from laereplads.web.static_files import SERVED, is_served


def every_file():
    for finder in get_finders():
        for path, storage in finder.list([]):
            prefix = getattr(storage, "prefix", None)
            yield f"/static/{f'{prefix}/' if prefix else ''}{path}"


def test_only_kinds_of_files_that_pages_use_are_served(client):
    paths = list(every_file())
    kept_back = [path for path in paths if not is_served(path)]
    assert any(path.endswith(".map") for path in kept_back)

    def status(path):
        answer = client.get(path)
        answer.close()
        return answer.status_code

    assert {status(path) for path in kept_back} == {404}
    for kind in SERVED:
        path = next((path for path in paths if path.endswith(kind)), None)
        assert path is None or status(path) == 200, path


@pytest.mark.parametrize(
    ("url", "served"),
    [
        ("/static/a.css", True),
        ("/static/a.css.gz", True),
        ("/static/a.0123456789ab.js.br", True),
        ("/static/staticfiles.json", False),
        ("/static/staticfiles.json.gz", False),
        ("/static/a.css.map", False),
        ("/static/a.js.map.br", False),
        ("/static/LICENSE", False),
        ("/static/LICENSE.txt", False),
        ("/static/.css", False),
    ],
)
def test_by_the_end_of_their_name(url, served):
    assert is_served(url) is served
