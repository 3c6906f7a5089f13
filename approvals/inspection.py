"""What a file really is, told by its content: PDF, JPEG, PNG or DXF with nothing active in it, or a named refusal."""

from __future__ import annotations

import io
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import pikepdf
from PIL import Image

from approvals.errors import FileRefused
from approvals.vocabulary import FileProblem

if TYPE_CHECKING:
    from ezdxf.lldxf.types import DXFTag

MEGABYTE = 1024 * 1024
LARGEST = 20 * MEGABYTE
MOST_PAGES = 500
MOST_PIXELS = 50_000_000
LARGEST_PIXEL = 8
"""Bytes: four channels of 16 bits; rows carry a byte more each, pictures that large are refused all the same."""
MOST_OBJECTS = 400_000
"""Of a PDF; a plan of many sheets has some ten thousand."""
MOST_TABLES = 48 * MEGABYTE
"""Bytes that the compressed tables and object streams of a PDF may unpack to: they are unpacked before all else."""
MOST_MARKS = 4 * MOST_OBJECTS
"""Beginnings of streams and signs of compressed tables in a PDF; picture data contains a few by chance."""
SPARE = 32 * MEGABYTE
"""Bytes that may be tried in vain to unpack them: a stream is weighed from where it seems to begin."""
MOST_SCANS = 100
"""Passes that a JPEG draws its picture in, one a component and step of detail; cameras and programs make up to 14."""
LONGEST_NAME = 120
PIECE = 64 * 1024

EXTENSIONS = {"pdf": "pdf", "jpg": "jpg", "jpeg": "jpg", "png": "png", "dxf": "dxf"}
MEDIA_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png", "dxf": "image/vnd.dxf"}

# Pillow refuses only at twice its cap and warns before, so each picture's size is read here, before Pillow sees it.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that may be kept. `name` is for showing only and never becomes a path; `size` is in bytes."""

    name: str
    extension: str
    media_type: str
    size: int
    pages: int | None = None
    """None where the format knows no pages."""
    scan: str = "not_scanned"
    """As in StoredFile: what a virus scanner said."""


class _Wrong(Exception):
    """Becomes a FileRefused, with the name and formats that the readers below need not know."""

    def __init__(self, why: FileProblem) -> None:
        super().__init__(why)
        self.why = why


def inspect(content: bytes, name: str, formats: Collection[str], *, largest: int = LARGEST) -> Inspected:
    """The facts of a file that is one of `formats` (pdf, jpg, png, dxf) and looks like nothing else.

    Raises FileRefused with `why`, `name`, `formats` and `limit` (megabytes).
    """
    shown = display_name(name)
    try:
        extension, pages = _examine(content, shown, formats, largest)
    except _Wrong as wrong:
        raise FileRefused(
            why=wrong.why,
            name=shown,
            formats=tuple(one.upper() for one in formats),
            limit=largest // MEGABYTE,
            pages=MOST_PAGES,
        ) from None
    return Inspected(shown, extension, MEDIA_TYPES[extension], len(content), pages)


def display_name(name: str) -> str:
    """A user's file name made fit to be shown: NFC, no folders, no control, invisible or direction-changing signs.

    At most 120 characters; of a longer one the beginning and the extension are kept.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(sign for sign in last if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
    tidy = " ".join(visible.split()).strip(". ")
    if len(tidy) > LONGEST_NAME:
        stem, dot, extension = tidy.rpartition(".")
        keeps = dot and len(extension) <= 8
        tidy = f"{stem[: LONGEST_NAME - len(extension) - 2]}….{extension}" if keeps else tidy[:LONGEST_NAME]
    return tidy or "file"


def _examine(content: bytes, name: str, formats: Collection[str], largest: int) -> tuple[str, int | None]:
    if not content:
        raise _Wrong(FileProblem.EMPTY)
    if len(content) > largest:
        raise _Wrong(FileProblem.TOO_LARGE)
    kind = _kind(content)
    if kind is None:
        why = _stranger(content, name)
        has_remedy = why not in REMEDIES or REMEDIES[why] in formats
        raise _Wrong(why if has_remedy else FileProblem.NOT_WANTED)
    stem, _dot, extension = name.rpartition(".")
    if not stem or EXTENSIONS.get(extension.lower()) != kind:
        raise _Wrong(FileProblem.EXTENSION)
    if kind not in formats:
        raise _Wrong(FileProblem.NOT_WANTED)
    return kind, READERS[kind](content)


def _kind(content: bytes) -> str | None:
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if re.match(rb"(?:\xef\xbb\xbf)?\s*(?:999\r?\n[^\n]*\n\s*)*0\s*\r?\n\s*SECTION\s*\r?\n", content[:4096]):
        return "dxf"
    return None


AS_PDF = frozenset({FileProblem.WORD, FileProblem.SPREADSHEET, FileProblem.SLIDES, FileProblem.DWG, FileProblem.OFD})
REMEDIES = {**dict.fromkeys(AS_PDF, "pdf"), FileProblem.PICTURE: "jpg"}
"""As what they can be saved instead: no remedy where that is not taken."""
PICTURES = re.compile(rb"....ftyp(?:hei[cfmsx]|hev[cmsx]|mif1|msf1|avi[fs])|RIFF....WEBP", re.DOTALL)
"""How HEIC, HEIF and AVIF of phones begin, and WebP."""
OFFICE_FOLDERS = (("word/", FileProblem.WORD), ("xl/", FileProblem.SPREADSHEET), ("ppt/", FileProblem.SLIDES))
OLD_OFFICE = {
    **dict.fromkeys(("xls", "et", "csv"), FileProblem.SPREADSHEET),
    **dict.fromkeys(("ppt", "pps", "dps"), FileProblem.SLIDES),
}


def _stranger(content: bytes, name: str) -> FileProblem:
    """What to call a file that is none of ours, so that the words can say what to do instead."""
    if content.startswith(b"PK"):
        return _packed(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return OLD_OFFICE.get(name.rpartition(".")[2].lower(), FileProblem.WORD)
    if content.startswith(b"{\\rtf"):
        return FileProblem.WORD
    if re.match(rb"AC10\d\d", content):
        return FileProblem.DWG
    if PICTURES.match(content):
        return FileProblem.PICTURE
    if content.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")):
        return FileProblem.ARCHIVE
    return FileProblem.UNKNOWN


def _packed(content: bytes) -> FileProblem:
    """A ZIP is looked at by the names in it only, and only at the first of them; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [entry.filename for entry in archive.infolist()[:200]]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return FileProblem.ARCHIVE
    if "OFD.xml" in names:
        return FileProblem.OFD
    for folder, problem in OFFICE_FOLDERS:
        if any(name.startswith(folder) for name in names):
            return problem
    return FileProblem.ARCHIVE


# ── PDF ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
ACTIVE_KEYS = frozenset(
    {"/EF", "/EmbeddedFile", "/EmbeddedFiles", "/JS", "/JavaScript", "/Launch", "/RichMedia", "/XFA"}
)
ACTIVE_KINDS = frozenset(
    pikepdf.Name(f"/{kind}")
    for kind in (
        *("EmbeddedFile", "GoToE", "ImportData", "JavaScript", "Launch"),
        *("Movie", "Rendition", "RichMedia", "SubmitForm"),
    )
)
DEEPEST = 60


def _pdf(content: bytes) -> int:
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise _Wrong(FileProblem.DAMAGED)
    if content[end + 5 :].strip(b"\r\n\t \0"):
        raise _Wrong(FileProblem.TRAILING)
    _weigh_tables(content)
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as pdf:
            return _read_pdf(pdf)
    except pikepdf.PasswordError:
        raise _Wrong(FileProblem.ENCRYPTED) from None
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, TypeError, KeyError, RuntimeError, RecursionError):
        raise _Wrong(FileProblem.DAMAGED) from None


def _read_pdf(pdf: pikepdf.Pdf) -> int:
    if pdf.is_encrypted:
        raise _Wrong(FileProblem.ENCRYPTED)
    if len(pdf.objects) > MOST_OBJECTS:
        raise _Wrong(FileProblem.DAMAGED)
    pages = len(pdf.pages)
    if pages > MOST_PAGES:
        raise _Wrong(FileProblem.TOO_MANY_PAGES)
    if any(_is_active(each, DEEPEST) for each in pdf.objects):
        raise _Wrong(FileProblem.ACTIVE)
    # qpdf mends what it can and says so; a file that had to be mended would show different things in different readers.
    if not pages or any("damaged" in str(warning) or "reconstruct" in str(warning) for warning in pdf.get_warnings()):
        raise _Wrong(FileProblem.DAMAGED)
    return pages


def _is_active(thing: object, depth: int) -> bool:
    """Whether the object itself, not what it refers to, is or holds anything that runs, starts or carries something."""
    if depth == 0:
        raise _Wrong(FileProblem.DAMAGED)
    if isinstance(thing, pikepdf.Stream):
        return _is_active(thing.stream_dict, depth - 1)
    if isinstance(thing, pikepdf.Dictionary):
        if not ACTIVE_KEYS.isdisjoint(thing.keys()):
            return True
        if any(thing.get(key) in ACTIVE_KINDS for key in ("/S", "/Type", "/Subtype") if _is_name(thing.get(key))):
            return True
        parts: list[object] = list(thing.as_dict().values())
    elif isinstance(thing, pikepdf.Array):
        parts = list(thing.as_list())
    else:
        return False
    # What is referred to stands in the list of objects and is looked at there, once.
    return any(
        _is_active(part, depth - 1) for part in parts if isinstance(part, pikepdf.Object) and not part.is_indirect
    )


def _is_name(thing: object) -> bool:
    return isinstance(thing, pikepdf.Name)


# A name may be written in escapes (/Obj#53tm), so a stream with one is weighed as well.
MARKS = re.compile(rb"stream\r?\n|/ObjStm|/XRef|#[0-9A-Fa-f]{2}")


def _weigh_tables(content: bytes) -> None:
    """Refuse object and reference streams that unpack to too much, before the library unpacks them whole.

    One pass: whatever the file holds, the work grows with its length and no faster.
    """
    room, work, sign = MOST_TABLES, len(content) + SPARE, -1
    for count, found in enumerate(MARKS.finditer(content)):
        if count > MOST_MARKS:
            raise _Wrong(FileProblem.DAMAGED)
        start = found.start()
        if not found[0].startswith(b"stream"):
            sign = start
            continue
        head = max(0, start - 2048)
        if content[max(0, start - 3) : start] == b"end" or sign < head:
            continue
        head = max(head, content.rfind(b"obj", head, start))
        if sign < head:
            continue
        if content.count(b"/FlateDecode", head, start) + content.count(b"/Fl ", head, start) > 1:
            raise _Wrong(FileProblem.DAMAGED)
        size, read = _unpacked(content, found.end(), room)
        room, work = room - size, work - read
        if room <= 0 or work <= 0:
            raise _Wrong(FileProblem.DAMAGED)


def _unpacked(content: bytes, start: int, room: int) -> tuple[int, int]:
    """How much the stream that begins at `start` unpacks to, at most `room`, and how much was read to learn it.

    Read up to its own end, in pieces that grow: most of what is tried is not compressed this way and says so at once.
    """
    unpacking, size, position, length = zlib.decompressobj(), 0, start, 512
    try:
        while position < len(content) and not unpacking.eof:
            piece = content[position : position + length]
            position, length = position + len(piece), min(4 * length, PIECE)
            size += len(unpacking.decompress(piece, room - size))
            if unpacking.unconsumed_tail or size >= room:
                return room, position - start
    except zlib.error:
        pass  # not compressed this way: the library will say what it is
    return size, position - start


# ── Pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def _jpeg(content: bytes) -> int:
    end = _end_of_jpeg(content, 0)
    # Cameras append further whole pictures (MPF); anything else behind the end is something in disguise.
    while content.startswith(b"\xff\xd8\xff", end):
        end = _end_of_jpeg(content, end)
    if content[end:].strip(b"\0\r\n"):
        raise _Wrong(FileProblem.TRAILING)
    _decode(content, "JPEG")
    return 1


FRAMES = frozenset(bytes((0xFF, 0xC0 + number)) for number in range(16) if number not in {4, 8, 12})
"""Markers of the segments that state height and width."""


MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends a scan. Fill bytes may stand in front of it; matching them, too, would take their number squared."""


def _end_of_jpeg(content: bytes, start: int) -> int:
    """Where the picture that begins at `start` ends, segment by segment."""
    position, scans = start + 2, 0
    seen: set[bytes] = set()
    while True:
        marker = content[position : position + 2]
        if len(marker) < 2 or marker[0] != 0xFF:
            raise _Wrong(FileProblem.DAMAGED)
        if marker == b"\xff\xd9":
            if FRAMES.isdisjoint(seen) or b"\xff\xda" not in seen:
                raise _Wrong(FileProblem.DAMAGED)
            return position + 2
        if marker == b"\xff\xff":  # fill byte
            position += 1
            continue
        length = int.from_bytes(content[position + 2 : position + 4])
        if length < 2:
            raise _Wrong(FileProblem.DAMAGED)
        seen.add(marker)
        if marker in FRAMES:
            _weigh(*struct.unpack_from(">HH", content.ljust(position + 9, b"\0"), position + 5))
        position += 2 + length
        if marker == b"\xff\xda":
            scans += 1
            following = MARKER.search(content, position)
            if following is None or scans > MOST_SCANS:
                raise _Wrong(FileProblem.DAMAGED)
            position = following.end() - 2


def _weigh(height: int, width: int) -> None:
    if height * width > MOST_PIXELS:
        raise _Wrong(FileProblem.TOO_MANY_PIXELS)


def _png(content: bytes) -> int:
    _weigh(*struct.unpack_from(">II", content.ljust(24, b"\0"), 16))
    position, kind, pixels, unpacking = 8, b"", 0, zlib.decompressobj()
    while kind != b"IEND":
        length, kind = int.from_bytes(content[position : position + 4]), content[position + 4 : position + 8]
        data = content[position + 8 : position + 8 + length]
        position += 12 + length
        # Looked at here, for Pillow overlooks damage once WeasyPrint has been imported and told it to.
        if zlib.crc32(kind + data) != int.from_bytes(content[position - 4 : position]) or position > len(content):
            raise _Wrong(FileProblem.DAMAGED)
        if kind == b"IDAT":
            pixels += _row_bytes(unpacking, data, LARGEST_PIXEL * MOST_PIXELS - pixels)
    if content[position:]:
        raise _Wrong(FileProblem.TRAILING)
    if not pixels or not unpacking.eof:
        raise _Wrong(FileProblem.DAMAGED)
    _decode(content, "PNG")
    return 1


def _row_bytes(unpacking: zlib._Decompress, data: bytes, room: int) -> int:
    """How much one piece of the rows unpacks to, a megabyte at a time and never more than `room`."""
    size = 0
    try:
        while data:
            size += len(unpacking.decompress(data, MEGABYTE))
            if size > room:
                raise _Wrong(FileProblem.DAMAGED)
            data = unpacking.unconsumed_tail
    except zlib.error:
        raise _Wrong(FileProblem.DAMAGED) from None
    return size


def _decode(content: bytes, kind: str) -> None:
    """Read the picture once whole. A JPEG is decoded at an eighth of its size: every byte is read, in little memory."""
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            picture.draft(None, (max(1, picture.width // 8), max(1, picture.height // 8)))
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _Wrong(FileProblem.TOO_MANY_PIXELS) from None
    except (OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError, zlib.error, MemoryError):
        raise _Wrong(FileProblem.DAMAGED) from None


# ── DXF ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
MOST_TAGS = 6_000_000


def _dxf(content: bytes) -> None:
    """A text DXF is pairs of lines in sections up to EOF; building its entities would take five times as long."""
    # Loaded here: it takes NumPy along, a fifth of the time the portal takes to start, and few send drawings.
    from ezdxf.lldxf.const import DXFError
    from ezdxf.lldxf.loader import load_dxf_structure

    if b"\0" in content:
        raise _Wrong(FileProblem.DAMAGED)
    try:
        # Every byte is a character in Latin-1, and the structure of a DXF is ASCII in each of its encodings.
        sections = load_dxf_structure(_tags(content.decode("latin-1")))
    except (DXFError, ValueError, IndexError, KeyError, StopIteration):
        raise _Wrong(FileProblem.DAMAGED) from None
    if "ENTITIES" not in sections:
        raise _Wrong(FileProblem.DAMAGED)
    _refuse_tail(content)


def _tags(text: str) -> Iterator[DXFTag]:
    from ezdxf.lldxf.tagger import ascii_tags_loader

    lines = text.removeprefix("\xef\xbb\xbf").replace("\r\n", "\n")
    return islice(ascii_tags_loader(io.StringIO(lines)), MOST_TAGS)


# A line that reads as the number zero, as the reader above takes it, and the word. No part of it matches across lines.
END = re.compile(rb"(?:^|\n)[^\nA-Za-z1-9]*0[^\nA-Za-z1-9]*\nEOF\r?(?:\n|$)")


def _refuse_tail(content: bytes) -> None:
    end = END.search(content)
    if end is None:
        raise _Wrong(FileProblem.DAMAGED)
    if content[end.end() :].strip():
        raise _Wrong(FileProblem.TRAILING)


READERS: dict[str, Callable[[bytes], int | None]] = {"pdf": _pdf, "jpg": _jpeg, "png": _png, "dxf": _dxf}
