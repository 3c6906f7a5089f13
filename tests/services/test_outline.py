"""Outlines: read from GeoJSON and drawings, judged, measured; what is wrong is named with its place."""

from __future__ import annotations

import io
import json

import pytest
from ezdxf.filemanagement import new

from services.outline import Flaw, NoOutline, from_dxf, from_geojson, from_text, projected, unprojected

RING = [[104.06, 30.65], [104.061, 30.65], [104.061, 30.651], [104.06, 30.651], [104.06, 30.65]]


def polygon(*rings: object, kind: str = "Polygon") -> str:
    return json.dumps({"type": kind, "coordinates": list(rings)})


def drawing(*lines: list[tuple[float, float]], units: int = 6, closed: bool = True, layer: str = "0") -> str:
    made = new("R2010", setup=False)
    made.header["$INSUNITS"] = units
    for line in lines:
        made.modelspace().add_lwpolyline(line, close=closed, dxfattribs={"layer": layer})
    out = io.StringIO()
    made.write(out)
    return out.getvalue()


EAST, NORTH = projected(104.06, 30.65)
PLOT = [(EAST, NORTH), (EAST + 100, NORTH), (EAST + 100, NORTH + 50), (EAST, NORTH + 50)]


def flaw(read: object, text: str) -> Flaw:
    with pytest.raises(NoOutline) as caught:
        read(text)  # type: ignore[operator]
    return caught.value.flaw


def test_a_place_comes_back_from_the_projection() -> None:
    """Chengdu lies west of the zone's meridian, about 3,394 km from the equator."""
    east, north = projected(104.0657, 30.6595)
    assert 410_000 < east < 411_000
    assert 3_393_000 < north < 3_394_000
    assert unprojected(east, north) == pytest.approx((104.0657, 30.6595), abs=1e-8)


def test_the_area_is_that_of_the_drawing() -> None:
    found = from_dxf(drawing(PLOT))
    assert float(found.area) == pytest.approx(5000, abs=1)
    assert len(found.corners) == 4


def test_geojson_is_read_in_its_usual_wrappings() -> None:
    plain = from_geojson(polygon(RING))
    feature = {"type": "Feature", "properties": {}, "geometry": json.loads(polygon(RING))}
    collection = {"type": "FeatureCollection", "features": [feature]}
    for wrapped in (json.dumps(feature), json.dumps(collection), polygon([RING], kind="MultiPolygon")):
        assert from_geojson(wrapped) == plain
    assert from_text(plain.text) == plain


def test_an_arc_is_flattened_within_five_centimetres() -> None:
    made = new("R2010")
    made.header["$INSUNITS"] = 6
    half_circles = [(EAST, NORTH, 0, 0, 1), (EAST + 20, NORTH, 0, 0, 1)]
    made.modelspace().add_lwpolyline(half_circles, close=True)
    out = io.StringIO()
    made.write(out)
    assert float(from_dxf(out.getvalue()).area) == pytest.approx(314.16, rel=0.01)


def test_the_line_of_the_red_line_layer_is_taken_among_others() -> None:
    made = new("R2010")
    made.header["$INSUNITS"] = 6
    made.modelspace().add_lwpolyline([(EAST, NORTH), (EAST + 1, NORTH), (EAST, NORTH + 9)], close=True)
    made.modelspace().add_lwpolyline(PLOT, close=True, dxfattribs={"layer": "用地红线"})
    out = io.StringIO()
    made.write(out)
    assert len(from_dxf(out.getvalue()).corners) == 4


@pytest.mark.parametrize(
    "text, expected",
    [
        ("{", Flaw.UNREADABLE),
        ("[" * 5000, Flaw.UNREADABLE),
        ('{"type": "Point", "coordinates": [104, 30.6]}', Flaw.NO_OUTLINE),
        (polygon(RING, RING), Flaw.HOLES),
        (polygon([RING], [RING], kind="MultiPolygon"), Flaw.SEVERAL),
        (polygon(RING[:-1]), Flaw.OPEN),
        (polygon([[104.06, 30.65], [104.07, 30.65], [104.06, 30.65], [104.06, 30.65]]), Flaw.FEW),
        (polygon([["104", 30.65], *RING]), Flaw.UNREADABLE),
        (polygon([[float("nan"), 30.65], *RING]), Flaw.UNREADABLE),
        (polygon([RING[0], RING[2], RING[1], RING[3], RING[0]]), Flaw.CROSSED),
        (polygon([[116.4, 39.9], [116.5, 39.9], [116.5, 40.0], [116.4, 39.9]]), Flaw.OUTSIDE),
        (polygon([[104.06, 30.65], [104.0600001, 30.65], [104.06, 30.6500001], [104.06, 30.65]]), Flaw.TINY),
        (polygon([[104.06 + n * 1e-5, 30.65 + (n % 2) * 1e-4] for n in range(2001)] + [[104.06, 30.65]]), Flaw.MANY),
    ],
)
def test_what_is_no_outline_is_named(text: str, expected: Flaw) -> None:
    assert flaw(from_geojson, text) is expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", Flaw.UNREADABLE),
        ("0\nSECTION\n", Flaw.UNREADABLE),
        (drawing(PLOT)[:3000], Flaw.UNREADABLE),
        (drawing(), Flaw.NO_OUTLINE),
        (drawing(PLOT, units=0), Flaw.UNITS),
        (drawing(PLOT, units=4), Flaw.UNITS),
        (drawing(PLOT, PLOT), Flaw.SEVERAL),
        (drawing(PLOT, closed=False), Flaw.OPEN),
        (drawing([PLOT[0], PLOT[2], PLOT[1], PLOT[3]]), Flaw.CROSSED),
        (drawing([(0, 0), (100, 0), (100, 100)]), Flaw.OUTSIDE),
    ],
)
def test_a_drawing_that_is_no_outline_is_named(text: str, expected: Flaw) -> None:
    assert flaw(from_dxf, text) is expected


def test_where_the_line_crosses_itself_is_said() -> None:
    with pytest.raises(NoOutline) as caught:
        from_geojson(polygon([RING[0], RING[2], RING[1], RING[3], RING[0]]))
    assert caught.value.where == "104.060500, 30.650500"


def test_it_is_drawn_with_the_north_above() -> None:
    points = [tuple(map(float, pair.split(","))) for pair in from_geojson(polygon(RING)).drawn().split()]
    assert len(points) == 4
    assert all(0 <= x <= 240 and 0 <= y <= 240 for x, y in points)
    assert points[0][1] > points[3][1]
