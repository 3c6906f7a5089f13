"""What the office writes on its certificates, as files: out and in again, and what is wrong is told with its line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.current import catalogue
from services.item import Text
from services.papers import SEAL, Seal, SealMark, file_of, fitted, read_file, seal_content, seal_of, text_content
from services.problems import CatalogueError

ITEMS = {item.code: item for item in catalogue().items.values()}
PERMIT = catalogue().item("construction-permit")


def test_every_certificate_of_the_catalogue_goes_out_and_comes_back() -> None:
    for item in ITEMS.values():
        if item.certificate is not None:
            content = text_content(item.certificate)
            assert fitted(item, content) == item.certificate
            assert read_file(file_of("ZJ", item.code, content), "a.yaml", ITEMS, {"ZJ"}).content == content


def test_a_seal_goes_out_and_comes_back() -> None:
    seal = Seal("成都市住房和城乡建设局", "5101000000001", "施工许可专用章", SealMark.NONE)
    read = read_file(file_of("ZJ", SEAL, seal_content(seal)), "seal.yaml", ITEMS, {"ZJ"})
    assert (read.department, read.subject, seal_of(read.content)) == ("ZJ", SEAL, seal)


def test_a_field_that_an_older_item_does_not_have_falls_away() -> None:
    assert PERMIT.certificate is not None
    fields = PERMIT.certificate.fields
    older = replace(PERMIT, certificate=replace(PERMIT.certificate, fields=fields[1:]))
    turned = text_content(replace(PERMIT.certificate, fields=fields[::-1], title=Text("许可")))
    spec = fitted(older, turned)
    assert spec.title == Text("许可")
    assert spec.fields == fields[:0:-1]


@pytest.mark.parametrize(
    "old, new, told",
    [
        ("department: ZJ", "department: XX", "there is no department 'XX'"),
        ("item: GC303", "item: GC999", "no item with a certificate"),
        ("zh: 建设单位", "zh: 建设{单位", "write ｛"),
        ("特发此证", "{{config}}", "braces stand around places only"),
        ("特发此证", "{secret}", "{holder}"),
        ("key: site", "key: nothing", "no field 'nothing'"),
        ("template: construction-permit", "template: licence", "only title, statement, notes"),
        ("statement:", "statment:", "statement"),
    ],
)
def test_a_file_that_says_what_cannot_stand_is_refused(old: str, new: str, told: str) -> None:
    assert PERMIT.certificate is not None
    good = file_of("ZJ", "GC303", text_content(PERMIT.certificate))
    assert old in good
    with pytest.raises(CatalogueError) as refused:
        read_file(good.replace(old, new, 1), "permit.yaml", ITEMS, {"ZJ"})
    assert "permit.yaml:" in str(refused.value)
    assert told in str(refused.value)
