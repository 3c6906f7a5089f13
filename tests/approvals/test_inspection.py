"""Every kind of file right and wrong, made here byte by byte: what it is, and why it is refused."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

import ezdxf
import pikepdf
import pytest
from PIL import Image, ImageFile

from approvals.errors import FileRefused
from approvals.inspection import LARGEST, LONGEST_NAME, MOST_PAGES, Inspected, display_name, inspect
from approvals.vocabulary import FileProblem

ALL = ("pdf", "jpg", "png", "dxf")


def refused(content: bytes, name: str, formats: tuple[str, ...] = ALL) -> FileProblem:
    with pytest.raises(FileRefused) as caught:
        inspect(content, name, formats)
    why = caught.value.facts["why"]
    assert isinstance(why, FileProblem)
    return why


# ── what is accepted ───────────────────────────────────────────────────────────────────────────────────────────────


def pdf(
    pages: int = 3,
    change: Callable[[pikepdf.Pdf], None] | None = None,
    encryption: pikepdf.Encryption | None = None,
    *,
    packed: bool = False,
) -> bytes:
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(595, 842))
        if change:
            change(made)
        out = io.BytesIO()
        mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
        made.save(out, encryption=encryption or False, object_stream_mode=mode)
    return out.getvalue()


@cache
def picture(kind: str, *, progressive: bool = False) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(out, kind, **({"progressive": True} if progressive else {}))
    return out.getvalue()


@cache
def drawing() -> bytes:
    document = ezdxf.new("R2010")  # type: ignore[attr-defined]  # the library's own way in
    document.modelspace().add_text("占道范围")
    document.modelspace().add_line((0, 0), (120, 1))
    out = io.StringIO()
    document.write(out)
    return out.getvalue().encode()


def test_a_pdf_is_recognised_with_its_pages() -> None:
    assert inspect(pdf(3), "施工图.pdf", ALL) == Inspected("施工图.pdf", "pdf", "application/pdf", len(pdf(3)), 3)


def test_a_pdf_with_packed_objects_is_as_good_as_any() -> None:
    assert inspect(pdf(2, packed=True), "a.pdf", ALL).pages == 2


def test_a_pdf_may_link_to_the_web() -> None:
    def link(made: pikepdf.Pdf) -> None:
        action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.com"))
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=action)
        made.pages[0].obj["/Annots"] = made.make_indirect(pikepdf.Array([note]))

    assert inspect(pdf(1, link), "a.pdf", ALL).pages == 1


@pytest.mark.parametrize("name", ["照片.jpg", "照片.JPEG"])
def test_a_photo_is_recognised_under_either_extension(name: str) -> None:
    found = inspect(picture("JPEG"), name, ALL)
    assert (found.media_type, found.extension) == ("image/jpeg", "jpg")


def test_a_progressive_photo_and_one_with_a_second_picture_behind_it_are_photos() -> None:
    inspect(picture("JPEG", progressive=True), "a.jpg", ALL)
    inspect(picture("JPEG") + picture("JPEG"), "a.jpg", ALL)


def test_a_png_is_recognised() -> None:
    assert inspect(picture("PNG"), "a.png", ALL).media_type == "image/png"


def test_a_drawing_is_recognised_with_either_line_ending() -> None:
    assert inspect(drawing(), "a.dxf", ALL).media_type == "image/vnd.dxf"
    assert inspect(drawing().replace(b"\n", b"\r\n"), "a.dxf", ALL).pages is None


# ── names and sizes ────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_refused_as_nothing() -> None:
    assert refused(b"", "a.pdf") is FileProblem.EMPTY


def test_too_much_is_refused_before_it_is_read() -> None:
    assert refused(b"%PDF-" + bytes(LARGEST), "a.pdf") is FileProblem.TOO_LARGE


def test_the_name_must_end_in_what_the_content_is() -> None:
    assert refused(picture("JPEG"), "a.pdf") is FileProblem.EXTENSION
    assert refused(pdf(), "a.pdf.exe") is FileProblem.EXTENSION
    assert refused(pdf(), "pdf") is FileProblem.EXTENSION
    assert refused(pdf(), "a\u202efdp.exe") is FileProblem.EXTENSION


def test_a_good_file_of_another_format_than_the_material_wants_is_refused_with_the_formats() -> None:
    with pytest.raises(FileRefused) as caught:
        inspect(drawing(), "a.dxf", ("pdf", "jpg"))
    assert caught.value.facts["why"] is FileProblem.NOT_WANTED
    assert caught.value.facts["formats"] == ("PDF", "JPG")


@pytest.mark.parametrize(
    "given, shown",
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\桌面\\施工图.pdf", "施工图.pdf"),
        ("a\u202egpj.pdf", "agpj.pdf"),
        ("x\0y\u200b.pdf", "xy.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("  甲   乙 .pdf ", "甲 乙 .pdf"),
        ("<script>.pdf", "<script>.pdf"),
        ("", "file"),
        ("..", "file"),
        ("\ud800.pdf", "pdf"),
    ],
)
def test_a_name_is_made_fit_to_be_shown(given: str, shown: str) -> None:
    assert display_name(given) == shown


def test_a_long_name_keeps_its_beginning_and_its_extension() -> None:
    shown = display_name("龑" * 300 + ".pdf")
    assert len(shown) <= LONGEST_NAME
    assert shown.startswith("龑龑")
    assert shown.endswith("….pdf")


# ── what comes in the wrong format ─────────────────────────────────────────────────────────────────────────────────


def packed(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    "content, name, why",
    [
        (packed("[Content_Types].xml", "word/document.xml"), "情况说明.docx", FileProblem.WORD),
        (packed("[Content_Types].xml", "word/document.xml"), "情况说明.pdf", FileProblem.WORD),
        (packed("[Content_Types].xml", "xl/workbook.xml"), "清单.xlsx", FileProblem.SPREADSHEET),
        (packed("[Content_Types].xml", "ppt/presentation.xml"), "汇报.pptx", FileProblem.SLIDES),
        (OLD_OFFICE, "情况说明.doc", FileProblem.WORD),
        (OLD_OFFICE, "清单.xls", FileProblem.SPREADSHEET),
        (OLD_OFFICE, "汇报.ppt", FileProblem.SLIDES),
        (b"{\\rtf1 x}", "a.rtf", FileProblem.WORD),
        (packed("a.pdf"), "材料.zip", FileProblem.ARCHIVE),
        (b"PK\x03\x04 cut off", "材料.zip", FileProblem.ARCHIVE),
        (b"Rar!\x1a\x07\x00", "材料.rar", FileProblem.ARCHIVE),
        (b"7z\xbc\xaf\x27\x1c", "材料.7z", FileProblem.ARCHIVE),
        (b"AC1027" + bytes(99), "总图.dwg", FileProblem.DWG),
        (packed("OFD.xml", "Doc_0/Document.xml"), "批复.ofd", FileProblem.OFD),
        (b"\0\0\0\x24ftypheic" + bytes(99), "IMG_0001.HEIC", FileProblem.PICTURE),
        (b"\0\0\0\x24ftypmif1" + bytes(99), "IMG_0001.jpg", FileProblem.PICTURE),
        (b"RIFF\x24\0\0\0WEBPVP8 " + bytes(99), "照片.webp", FileProblem.PICTURE),
        (b"RIFF\x24\0\0\0WAVEfmt " + bytes(99), "录音.wav", FileProblem.UNKNOWN),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "a.svg", FileProblem.UNKNOWN),
        (b"<!doctype html><script>1</script>", "a.pdf", FileProblem.UNKNOWN),
        (b"GIF89a" + bytes(99), "a.jpg", FileProblem.UNKNOWN),
        (b"MZ" + bytes(99), "a.exe", FileProblem.UNKNOWN),
        (b"AutoCAD Binary DXF\r\n\x1a\0", "a.dxf", FileProblem.UNKNOWN),
        (b"\n%PDF-1.7", "a.pdf", FileProblem.UNKNOWN),
    ],
)
def test_a_stranger_is_called_by_its_name(content: bytes, name: str, why: FileProblem) -> None:
    assert refused(content, name) is why


def test_a_remedy_is_given_only_where_its_format_is_taken() -> None:
    photo, sheet = b"\0\0\0\x24ftypheic" + bytes(99), packed("OFD.xml")
    assert refused(photo, "a.heic", ("pdf",)) is FileProblem.NOT_WANTED
    assert refused(photo, "a.heic", ("jpg", "png")) is FileProblem.PICTURE
    assert refused(sheet, "a.ofd", ("jpg",)) is FileProblem.NOT_WANTED
    assert refused(sheet, "a.ofd", ("pdf",)) is FileProblem.OFD


# ── PDF ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("user, owner", [("secret", "owner"), ("", "owner")])
def test_an_encrypted_pdf_is_refused_even_where_it_opens_without_a_password(user: str, owner: str) -> None:
    assert refused(pdf(encryption=pikepdf.Encryption(user=user, owner=owner)), "a.pdf") is FileProblem.ENCRYPTED


def damage(content: bytes, old: bytes, new: bytes) -> bytes:
    assert old in content
    return content.replace(old, new, 1)


def test_a_damaged_pdf_is_refused_and_not_mended() -> None:
    whole = pdf()
    for broken in (
        whole[: len(whole) // 2],
        whole[:30] + b"\n%%EOF",
        damage(whole, b"xref", b"xxxx"),
        damage(whole, b"/Pages", b"/Pagez"),
        damage(whole, b"/Kids", b"/Kidz"),
    ):
        assert refused(broken, "a.pdf") is FileProblem.DAMAGED


def test_a_pdf_without_pages_is_refused() -> None:
    assert refused(pdf(0), "a.pdf") is FileProblem.DAMAGED


def test_a_pdf_of_more_pages_than_anybody_reads_is_refused() -> None:
    assert inspect(pdf(MOST_PAGES), "a.pdf", ALL).pages == MOST_PAGES
    assert refused(pdf(MOST_PAGES + 1), "a.pdf") is FileProblem.TOO_MANY_PAGES


def on_opening(action: pikepdf.Dictionary) -> Callable[[pikepdf.Pdf], None]:
    def add(made: pikepdf.Pdf) -> None:
        made.Root["/OpenAction"] = action

    return add


def attached(made: pikepdf.Pdf) -> None:
    made.attachments["x.exe"] = b"MZ"


def deep_in_a_page(made: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, Next=pikepdf.Array([pikepdf.Dictionary(S=pikepdf.Name.Launch)]))
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=action)
    made.pages[0].obj["/Annots"] = pikepdf.Array([note])


def with_form(made: pikepdf.Pdf) -> None:
    made.Root["/AcroForm"] = pikepdf.Dictionary(XFA=pikepdf.String("<xdp/>"))


@pytest.mark.parametrize(
    "change",
    [
        on_opening(pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))),
        on_opening(pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))),
        on_opening(pikepdf.Dictionary(S=pikepdf.Name.SubmitForm)),
        on_opening(pikepdf.Dictionary(S=pikepdf.Name.GoToE)),
        attached,
        deep_in_a_page,
        with_form,
    ],
)
def test_a_pdf_with_anything_active_is_refused(change: Callable[[pikepdf.Pdf], None]) -> None:
    assert refused(pdf(1, change), "a.pdf") is FileProblem.ACTIVE
    assert refused(pdf(1, change, packed=True), "a.pdf") is FileProblem.ACTIVE


def test_a_pdf_whose_tables_unpack_to_a_gigabyte_is_refused_without_unpacking_them() -> None:
    bomb = zlib.compress(bytes(50 * 1024 * 1024), 1)
    for kind in (b"/ObjStm", b"/Obj#53tm", b"/XRef"):
        head = b"%PDF-1.5\n1 0 obj\n<</Type" + kind + b"/N 1/First 4/Filter/FlateDecode>>\nstream\n"
        content = head + bomb + b"\nendstream\nendobj\nstartxref\n0\n%%EOF"
        assert refused(content, "a.pdf") is FileProblem.DAMAGED


def test_a_page_tree_that_bites_its_tail_is_refused() -> None:
    def bite(made: pikepdf.Pdf) -> None:
        made.Root.Pages.Kids.append(made.Root.Pages)

    assert refused(pdf(1, bite), "a.pdf") is FileProblem.DAMAGED


# ── pictures ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "content, name",
    [
        (pdf() + packed("a.txt"), "a.pdf"),
        (picture("JPEG") + b"<?php system(1);", "a.jpg"),
        (picture("JPEG") + packed("a.txt"), "a.jpg"),
        (picture("PNG") + b"x", "a.png"),
        (drawing() + b"PK\x03\x04", "a.dxf"),
    ],
)
def test_a_file_with_something_behind_its_end_is_refused(content: bytes, name: str) -> None:
    assert refused(content, name) is FileProblem.TRAILING


@pytest.mark.parametrize("lenient", [False, True])
def test_a_damaged_picture_is_refused_even_where_pillow_was_told_to_overlook_it(
    lenient: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", lenient)
    photo, image = picture("JPEG"), picture("PNG")
    flipped = bytearray(image)
    flipped[len(image) // 2] ^= 1
    for content, name in (
        (photo[: len(photo) // 2], "a.jpg"),
        (photo[:40] + b"\xff\xd9", "a.jpg"),
        (b"\xff\xd8\xff", "a.jpg"),
        (image[:-9], "a.png"),
        (image[:9], "a.png"),
        (bytes(flipped), "a.png"),
    ):
        assert refused(content, name) is FileProblem.DAMAGED


def flood(width: int, height: int) -> bytes:
    """A valid black PNG that is small on disk and large in memory."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(bytes((width // 8 + 1) * height), 9)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_picture_of_too_many_pixels_is_refused_by_its_header() -> None:
    assert refused(flood(8000, 7000), "a.png") is FileProblem.TOO_MANY_PIXELS
    large = bytearray(picture("JPEG"))
    frame = large.index(b"\xff\xc0")
    large[frame + 5 : frame + 9] = struct.pack(">HH", 60000, 60000)
    assert refused(bytes(large), "a.jpg") is FileProblem.TOO_MANY_PIXELS


# ── DXF ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_damaged_drawing_is_refused() -> None:
    whole = drawing()
    for broken in (
        whole[: len(whole) // 2],
        damage(whole, b"ENDSEC", b"ENDSEX"),
        damage(whole, b"\nEOF\n", b"\n"),
        damage(whole, b"ENTITIES", b"ENTITIEX"),
        whole.replace(b"\n  0\nEOF", b"\nx\nEOF"),
        whole[:400] + b"\0" + whole[400:],
        b"0\nSECTION\n" * 100,
    ):
        assert refused(broken, "a.dxf") is FileProblem.DAMAGED
