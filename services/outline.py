"""The outline of a site: corners from GeoJSON, from a drawing or typed, judged and measured without any map service."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from services.compounds import is_in_the_city

MOST_CORNERS = 2000
SMALLEST = 1.0
"""Square metres: less is a slip of the hand."""
METRES = 6
"""The code of metres in a drawing's header ($INSUNITS)."""
LAYERS = ("用地红线", "boundary")
FLATTENED = 0.05
"""Metres by which the corners of an arc may miss it."""
PLACES = Decimal("0.0000001")
"""Of a degree: about a centimetre."""
NUMBER = re.compile(r"-?\d{1,9}(?:\.\d+)?", re.ASCII)
SEMI_MAJOR, FLATTENING = 6378137.0, 1 / 298.257222101
"""The ellipsoid of CGCS2000."""
MERIDIAN, FALSE_EASTING = 105.0, 500000.0
"""The three-degree zone in which the city lies (EPSG:4544)."""


class Flaw(StrEnum):
    """Why something is no outline."""

    UNREADABLE = "unreadable"
    NO_OUTLINE = "no_outline"
    SEVERAL = "several"
    HOLES = "holes"
    OPEN = "open"
    FEW = "few"
    MANY = "many"
    CROSSED = "crossed"
    OUTSIDE = "outside"
    TINY = "tiny"
    UNITS = "units"


class NoOutline(ValueError):
    """`where` are the coordinates of the place, where there is one."""

    def __init__(self, flaw: Flaw, where: str = "") -> None:
        super().__init__(flaw)
        self.flaw, self.where = flaw, where


@dataclass(frozen=True)
class Boundary:
    """Corners as longitude and latitude in degrees, each once, in the order of the outline."""

    corners: tuple[tuple[Decimal, Decimal], ...]

    @cached_property
    def area(self) -> Decimal:
        """Square metres in the projection of the city, by the shoelace formula."""
        (left, low), *others = self.metres
        moved = [(east - left, north - low) for east, north in others]
        twice = sum(x * up - right * y for (x, y), (right, up) in pairwise(moved))
        return Decimal(str(round(abs(twice) / 2, 2)))

    @cached_property
    def metres(self) -> list[tuple[float, float]]:
        """The corners in the projection of the city, east and north."""
        return [projected(float(east), float(north)) for east, north in self.corners]

    def part(self, name: str) -> Decimal | None:
        return {"area": self.area, "corners": Decimal(len(self.corners))}.get(name)

    @property
    def text(self) -> str:
        """One corner a line, as one would type it."""
        return "\n".join(f"{east.normalize():f}, {north.normalize():f}" for east, north in self.corners)

    def drawn(self, size: int = 240, margin: int = 16) -> str:
        """The corners as points of an SVG polygon in a square of that size, north upwards."""
        across, up = zip(*self.metres, strict=True)
        west, south, east, north = min(across), min(up), max(across), max(up)
        scale = (size - 2 * margin) / max(east - west, north - south, 0.01)
        left, top = (size - (east - west) * scale) / 2, (size - (north - south) * scale) / 2
        return " ".join(f"{left + (x - west) * scale:.1f},{top + (north - y) * scale:.1f}" for x, y in self.metres)


def kept(corners: Iterable[Sequence[float | Decimal | str]]) -> Boundary:
    """Corners in degrees that were judged when given. Raises NoOutline when too few or outside of the city."""
    found = [(_degree(each[0]), _degree(each[1])) for each in corners]
    if len(found) > 1 and found[0] == found[-1]:
        found.pop()
    if len(found) > MOST_CORNERS:
        raise NoOutline(Flaw.MANY)
    if len(set(found)) < 3:
        raise NoOutline(Flaw.FEW)
    for east, north in found:
        if not is_in_the_city(east, north):
            raise NoOutline(Flaw.OUTSIDE, f"{east.normalize():f}, {north.normalize():f}")
    return Boundary(tuple(found))


def outline(corners: Iterable[Sequence[float | Decimal | str]]) -> Boundary:
    """Judges corners in degrees. Raises NoOutline."""
    # Loaded here: it takes NumPy along, a fifth of the time the portal takes to start, and few have a site.
    from shapely import Polygon
    from shapely.validation import explain_validity

    boundary = kept(corners)
    if not (flat := Polygon([(float(east), float(north)) for east, north in boundary.corners])).is_valid:
        raise NoOutline(Flaw.CROSSED, _place(explain_validity(flat)))
    if boundary.area < SMALLEST:
        raise NoOutline(Flaw.TINY)
    return boundary


def _place(reason: str) -> str:
    numbers = re.findall(r"-?\d+\.?\d*", reason.rpartition("[")[2])
    return ", ".join(f"{float(number):.6f}" for number in numbers[:2])


def _degree(value: float | Decimal | str) -> Decimal:
    try:
        return Decimal(str(value)).quantize(PLACES)
    except ArithmeticError:
        raise NoOutline(Flaw.UNREADABLE) from None


def from_text(text: str) -> Boundary:
    """GeoJSON, or longitude and latitude line by line."""
    if text.lstrip().startswith(("{", "[")):
        return from_geojson(text)
    lines = [line for line in re.split(r"[\n;；]", text) if line.strip()]
    corners = []
    for line in lines:
        numbers = [part for part in re.split(r"[,，、\s]+", line.strip()) if part]
        if len(numbers) != 2 or not all(NUMBER.fullmatch(number) for number in numbers):
            raise NoOutline(Flaw.UNREADABLE, line.strip()[:40])
        corners.append(numbers)
    return outline(corners)


def from_geojson(text: str) -> Boundary:
    """One polygon without holes, by itself, in a feature or in a collection of one."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise NoOutline(Flaw.UNREADABLE) from None
    rings = _rings(data)
    if len(rings) > 1:
        raise NoOutline(Flaw.HOLES)
    ring = [_corner(each) for each in rings[0]]
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise NoOutline(Flaw.OPEN, ", ".join(map(str, ring[-1])) if ring else "")
    return outline(ring)


def _corner(data: object) -> tuple[float, float]:
    match data:
        case [int() | float() as east, int() | float() as north, *_] if _is_number(east) and _is_number(north):
            return float(east), float(north)
    raise NoOutline(Flaw.UNREADABLE, str(data)[:40])


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _rings(data: object) -> list[list[object]]:
    match data:
        case {"type": "FeatureCollection", "features": [feature]}:
            return _rings(feature)
        case {"type": "FeatureCollection", "features": [_, *_]}:
            raise NoOutline(Flaw.SEVERAL)
        case {"type": "Feature", "geometry": geometry}:
            return _rings(geometry)
        case {"type": "MultiPolygon", "coordinates": [rings]} | {"type": "Polygon", "coordinates": rings}:
            if isinstance(rings, list) and rings and all(isinstance(ring, list) for ring in rings):
                return rings
        case {"type": "MultiPolygon", "coordinates": [_, *_]}:
            raise NoOutline(Flaw.SEVERAL)
    raise NoOutline(Flaw.NO_OUTLINE)


def from_metres(points: Iterable[tuple[float, float]]) -> Boundary:
    """Corners in metres of the city's zone, east and north."""
    return outline([unprojected(east, north) for east, north in points])


def from_dxf(text: str) -> Boundary:
    """The one closed polyline of a drawing in metres, or the one on a layer of that name. Blocks are not looked into:
    a few kilobytes of them can stand for millions of lines.
    """
    from ezdxf import path
    from ezdxf.filemanagement import read
    from ezdxf.lldxf.const import DXFError

    try:
        drawing = read(io.StringIO(text.replace("\r\n", "\n")))
    except (DXFError, ValueError, IndexError, KeyError, StopIteration, TypeError, AttributeError):
        raise NoOutline(Flaw.UNREADABLE) from None
    if drawing.header.get("$INSUNITS", 0) != METRES:
        raise NoOutline(Flaw.UNITS)
    lines = list(drawing.modelspace().query("LWPOLYLINE POLYLINE"))
    named = [line for line in lines if line.dxf.layer.casefold() in LAYERS]
    wanted = named or lines
    if not wanted:
        raise NoOutline(Flaw.NO_OUTLINE)
    if len(wanted) > 1:
        raise NoOutline(Flaw.SEVERAL)
    way = path.make_path(wanted[0])
    points = [(point.x, point.y) for point in way.flattening(FLATTENED, segments=4)]
    if len(points) < 3:
        raise NoOutline(Flaw.FEW)
    if not way.is_closed:
        raise NoOutline(Flaw.OPEN, f"{points[-1][0]:.2f}, {points[-1][1]:.2f}")
    return from_metres(points)


# ── Gauss-Krüger, by Krüger's series ──────────────────────────────────────────────────────────────────────────────

_N = FLATTENING / (2 - FLATTENING)
_A = SEMI_MAJOR / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
_ALPHA = (
    _N / 2 - 2 * _N**2 / 3 + 5 * _N**3 / 16,
    13 * _N**2 / 48 - 3 * _N**3 / 5,
    61 * _N**3 / 240,
)
_BETA = (_N / 2 - 2 * _N**2 / 3 + 37 * _N**3 / 96, _N**2 / 48 + _N**3 / 15, 17 * _N**3 / 480)
_DELTA = (2 * _N - 2 * _N**2 / 3 - 2 * _N**3, 7 * _N**2 / 3 - 8 * _N**3 / 5, 56 * _N**3 / 15)


def projected(longitude: float, latitude: float) -> tuple[float, float]:
    """Metres east and north."""
    phi, lam = math.radians(latitude), math.radians(longitude - MERIDIAN)
    k = 2 * math.sqrt(_N) / (1 + _N)
    t = math.sinh(math.atanh(math.sin(phi)) - k * math.atanh(k * math.sin(phi)))
    xi, eta = math.atan2(t, math.cos(lam)), math.atanh(math.sin(lam) / math.sqrt(1 + t * t))
    terms = list(enumerate(_ALPHA, 1))
    east = eta + sum(a * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, a in terms)
    north = xi + sum(a * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, a in terms)
    return FALSE_EASTING + _A * east, _A * north


def unprojected(east: float, north: float) -> tuple[float, float]:
    """Longitude and latitude in degrees."""
    if not (0 < east < 1e6 and 0 < north < 1e7):
        raise NoOutline(Flaw.OUTSIDE, f"{east:.1f}, {north:.1f}")
    xi, eta = north / _A, (east - FALSE_EASTING) / _A
    terms = list(enumerate(_BETA, 1))
    xi_ = xi - sum(b * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, b in terms)
    eta_ = eta - sum(b * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, b in terms)
    chi = math.asin(math.sin(xi_) / math.cosh(eta_))
    phi = chi + sum(d * math.sin(2 * j * chi) for j, d in enumerate(_DELTA, 1))
    return MERIDIAN + math.degrees(math.atan2(math.sinh(eta_), math.cos(xi_))), math.degrees(phi)
