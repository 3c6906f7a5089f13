"""What a browser posts, without a web framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from forms.build import SectionForm


class Posted(dict[str, list[str]]):
    """Names with their values, as multidicts of web frameworks give them."""

    def __init__(self, values: Mapping[str, str | Sequence[str]] | None = None) -> None:
        super().__init__(
            {key: [value] if isinstance(value, str) else list(value) for key, value in (values or {}).items()}
        )

    def getlist(self, key: str, /) -> list[str]:
        return self.get(key, [])


def as_posted(form: SectionForm) -> Posted:
    """What the browser would post of a form that shows its answers."""
    posted = Posted()
    for field in form.fields:
        if isinstance(field.typed, dict):
            posted.update({f"{field.name}-{part}": [text] for part, text in field.typed.items()})
        elif field.typed:
            posted[field.name] = [field.typed] if isinstance(field.typed, str) else list(field.typed)
    return posted
