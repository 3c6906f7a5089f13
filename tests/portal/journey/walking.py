"""How a test walks the applicant's path: what a browser would post, page by page."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from forms.build import form_for
from portal.demonstration.acting import FILES, SAMPLES
from portal.unit_of_work import now
from services.answers import Address, Value, examples
from services.compounds import Compound, Rows
from services.current import catalogue
from services.item import Item
from services.outline import Boundary

VERSION = re.compile(r'name="version" value="(\d+)"')


def words(answer: TestResponse) -> str:
    """What a reader sees: the text of the page, without tags, spaces made one."""
    text = re.sub(r"<(style|script|title|svg).*?</\1>|<[^>]+>", " ", answer.get_data(as_text=True), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(text))


def title(answer: TestResponse) -> str:
    found = re.search(r"<title>(.*?)</title>", answer.get_data(as_text=True), re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def summary(answer: TestResponse) -> list[tuple[str, str]]:
    """Where each line of the error summary leads, and its words."""
    page = answer.get_data(as_text=True)
    found = re.search(r"data-error-summary>(.*?)</div>", page, re.DOTALL)
    return re.findall(r'<li><a href="#([^"]*)">(.*?)</a>', found[1]) if found else []


def typed(key: str, value: Value) -> dict[str, str]:
    """One answer under the names its field is posted with."""
    match value:
        case bool():
            return {key: "yes" if value else "no"}
        case date():
            return {f"{key}-year": str(value.year), f"{key}-month": str(value.month), f"{key}-day": str(value.day)}
        case Address():
            return {f"{key}-region": value.region, f"{key}-detail": value.detail}
        case tuple():
            return {key: value[0]}
        case Compound() | Rows() | Boundary():
            raise TypeError("such an answer is typed with the words of its question: Walk.example does it")
        case _:
            return {key: str(value)}


@dataclass(frozen=True)
class Walk:
    """One draft in the hands of one applicant."""

    client: FlaskClient
    item: Item
    url: str

    @property
    def token(self) -> str:
        return self.url.rpartition("/")[2]

    def get(self, rest: str = "") -> TestResponse:
        return self.client.get(f"{self.url}{rest}")

    def version(self, page: str) -> str:
        found = VERSION.search(self.get(page).get_data(as_text=True))
        assert found is not None
        return found[1]

    def example(self, section: str, **changed: str) -> dict[str, str]:
        """The example answers of one page as they would be posted; `changed` replaces or adds names."""
        given = examples(self.item, now().today)
        asked = next(one for one in self.item.sections if one.key == section)
        form = form_for(asked, answers=given, language="zh", today=now().today, regions=catalogue().districts)
        return {name: text for field in form.fields for name, text in field.as_text()} | changed

    def post_section(self, section: str, data: Mapping[str, Any], *, next_step: str = "continue") -> TestResponse:
        page = f"/sections/{section}"
        sent = {"version": self.version(page), "next_step": next_step, **data}
        return self.client.post(self.url + page, data=sent)

    def fill_in(self) -> None:
        for section in self.item.sections:
            answer = self.post_section(section.key, self.example(section.key))
            assert answer.status_code == 303, words(answer)

    def upload(self, material: str, *files: tuple[bytes, str]) -> TestResponse:
        sent = [("files", FileStorage(io.BytesIO(content), name)) for content, name in files]
        # Encoded here: the test client itself would leave a temporary file open behind a large upload.
        boundary, body = encode_multipart(MultiDict(sent))
        kind = f'multipart/form-data; boundary="{boundary}"'
        return self.client.post(f"{self.url}/materials/{material}", data=body, content_type=kind)

    def hand_in(self) -> None:
        """A sample file for every material that the answers call for."""
        page = self.get("/materials").get_data(as_text=True)
        for key in re.findall(r'id="material-(\w+)"', page):
            formats = next(one for one in self.item.materials if one.key == key).formats
            answer = self.upload(key, sample(formats))
            assert answer.status_code == 303, words(answer)

    def send(self, **changed: str) -> TestResponse:
        sent = {"version": self.version("/check"), "declared": "yes", **changed}
        return self.client.post(f"{self.url}/submit", data=sent)


def sample(formats: Sequence[str] = ("pdf",)) -> tuple[bytes, str]:
    """A real file in the first of these formats that there is one of, with a name."""
    name = SAMPLES[next(kind for kind in formats if kind in SAMPLES)]
    return (FILES / name).read_bytes(), f"材料{Path(name).suffix}"


def begin(client: FlaskClient, slug: str, organisation: int | None = None) -> Walk:
    answer = client.post(f"/services/{slug}/apply", data={"organisation": str(organisation or "")})
    assert answer.status_code == 303, words(answer)
    return Walk(client, catalogue().item(slug), answer.location)
