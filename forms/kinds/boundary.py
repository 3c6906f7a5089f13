"""The outline of a site: corners typed or pasted, or a GeoJSON or DXF file chosen."""

from __future__ import annotations

from forms.fields import AnswerField, Posted, Typed
from forms.rules import Wrong, _, normalised
from services.answers import Value
from services.outline import Boundary, Flaw, NoOutline, from_dxf, from_text

PARTS = ("corners", "file")
MOST_CHARACTERS = 1_000_000
"""Of a drawing: an outline needs a few hundred."""
WORDS = {
    Flaw.UNREADABLE: _("看不懂坐标「%(where)s」。每行写一个角点：经度, 纬度，例如 104.0657, 30.6595"),
    Flaw.NO_OUTLINE: _("文件里没有找到闭合的轮廓线"),
    Flaw.SEVERAL: _("文件里有不止一条轮廓线。请只留一条，或者把它放到「用地红线」图层"),
    Flaw.HOLES: _("轮廓里有空洞，请只画外边界"),
    Flaw.OPEN: _("轮廓线没有闭合，终点在 %(where)s，请把首尾连起来"),
    Flaw.FEW: _("轮廓至少要有三个不同的角点"),
    Flaw.MANY: _("角点太多了，请把轮廓简化到 2000 个以内"),
    Flaw.CROSSED: _("轮廓线在 %(where)s 附近自己相交了，请检查角点的顺序"),
    Flaw.OUTSIDE: _("角点 %(where)s 不在成都市范围内，请检查坐标"),
    Flaw.TINY: _("轮廓的面积不到 1 平方米，请检查坐标"),
    Flaw.UNITS: _("图纸没有写明以米为单位，请把 $INSUNITS 设成 6（米）再保存"),
}


class BoundaryField(AnswerField):
    """A chosen file wins over what is typed; what is kept comes back as text, one corner a line."""

    parts = tuple(f"-{part}" for part in PARTS)

    def blank(self) -> dict[str, str]:
        return {"corners": ""}

    def take(self, formdata: Posted) -> dict[str, str]:
        taken = {part: next(iter(formdata.getlist(f"{self.name}-{part}")), "") for part in PARTS}
        return taken if taken["file"] else {"corners": taken["corners"]}

    def read(self, typed: Typed) -> Boundary | None:
        if not isinstance(typed, dict):
            return None
        text = typed.get("file") or typed["corners"]
        if not text.strip():
            return None
        if len(text) > MOST_CHARACTERS:
            raise Wrong(_("文件太大，轮廓图不能超过 1 MB"))
        try:
            if _is_drawing(text):
                return from_dxf(text)
            return from_text(normalised(text, several_lines=True))
        except NoOutline as flaw:
            raise Wrong(WORDS[flaw.flaw], where=flaw.where) from None

    def spell(self, value: Value) -> dict[str, str]:
        return {"corners": value.text} if isinstance(value, Boundary) else self.blank()

    def as_text(self) -> list[tuple[str, str]]:
        """Not what was in a file: the answer that it gave."""
        typed = self.typed if isinstance(self.typed, dict) else self.blank()
        read = self.data.text if "file" in typed and isinstance(self.data, Boundary) else typed["corners"]
        return [(f"{self.name}-corners", read)]

    @property
    def drawing(self) -> Boundary | None:
        """What is understood so far, to be drawn."""
        return self.data if isinstance(self.data, Boundary) else None


def _is_drawing(text: str) -> bool:
    """A text DXF begins with the group code 0 and a section, or with comments (999)."""
    head = text.removeprefix("\ufeff").split("\n", 2)
    return len(head) > 1 and head[0].strip() in {"0", "999"}
