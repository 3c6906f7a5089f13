"""Files that the page of a section asks for among its questions, as its form posts them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict

from approvals.queries.draft import MaterialTask, SectionTask

Uploads = MultiDict[str, FileStorage]


@dataclass(frozen=True, slots=True)
class AskedFiles:
    """The materials of one section, by the names under which its form posts them."""

    tasks: Mapping[str, MaterialTask]
    takes_back: Mapping[str, tuple[str, int]]
    """Material and version by the name of the box that is ticked to take the file back."""

    @property
    def names(self) -> Collection[str]:
        return self.tasks.keys()

    def chosen(self, files: Uploads) -> Iterator[tuple[MaterialTask, list[FileStorage]]]:
        for name, task in self.tasks.items():
            if uploads := [file for file in files.getlist(name) if file.filename]:
                yield task, uploads

    def taken_back(self, form: Mapping[str, str]) -> list[tuple[str, int]]:
        return [which for name, which in self.takes_back.items() if name in form]


def asked_files(task: SectionTask) -> AskedFiles:
    return AskedFiles(
        {field_name(each.material.key): each for each in task.files},
        {
            box_name(each.material.key, file.version): (each.material.key, file.version)
            for each in task.files
            for file in each.files
        },
    )


def field_name(material: str) -> str:
    """No question is called so: keys have no hyphen."""
    return f"file-{material}"


def box_name(material: str, version: int) -> str:
    return f"take-back-{material}-{version}"


def without(files: ImmutableMultiDict[str, FileStorage], names: Collection[str]) -> Uploads:
    return MultiDict((name, file) for name, file in files.items(multi=True) if name not in names)
