"""Files nobody refers to any more leave the storage, and no other."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event, Timer

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update

from approvals.clock.moment import Moment
from approvals.commands.attach import attach
from approvals.commands.forget_files import KEPT, forget_files
from approvals.inspection import inspect
from approvals.permissions import Actor
from approvals.queries import for_change
from approvals.records.material import StoredFile
from approvals.storage import Folder
from approvals.vocabulary import Role
from portal.demonstration.acting import FILES
from portal.invariants import examine
from portal.unit_of_work import changing, now, reading
from portal.worker.app import celery_of
from portal.worker.orphans import clear_orphans
from services.current import catalogue
from services.item import Source
from tests.factories import RESIDENCE
from tests.fixtures.heart import Office
from tests.portal.journey.walking import begin

Enter = Callable[[str], FlaskClient]

PDF, PHOTO = ((FILES / name).read_bytes() for name in ("drawings.pdf", "photo.jpg"))
DAY = KEPT + timedelta(seconds=1)


def later(wait: timedelta) -> Moment:
    moment = now()
    return Moment(moment.instant + wait, moment.calendar)


def storage(app: Flask) -> Folder:
    return Folder(app.extensions["settings"].files)


def known() -> set[str]:
    reading().rollback()
    return set(reading().scalars(select(StoredFile.sha256)))


def age(app: Flask, by: timedelta = DAY) -> None:
    """As if everything had been put so long before."""
    for place in Path(storage(app).root).glob("??/*"):
        old = (now().instant - by).timestamp()
        os.utime(place, (old, old))


def test_the_picture_of_a_file_goes_with_it(app: Flask, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    walk = begin(client, RESIDENCE)
    key = walk.item.materials[0].key
    content = io.BytesIO()
    Image.new("RGB", (40, 30), (1, 2, 3)).save(content, "JPEG")
    walk.upload(key, (content.getvalue(), "a.jpg"))
    made = list(app.extensions["settings"].thumbnails.glob("??/*.webp"))
    assert len(made) == 1
    clear_orphans()
    assert made[0].exists()
    client.post(f"{walk.url}/discard", data={"confirmed": "yes"})
    reading().rollback()
    age(app)
    clear_orphans(later(DAY))
    clear_orphans(later(DAY * 3))
    assert not made[0].exists()


def test_the_files_of_a_discarded_draft_go_and_all_others_stay(app: Flask, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    before = set(storage(app).digests())
    discarded, kept = begin(client, RESIDENCE), begin(client, RESIDENCE)
    key = discarded.item.materials[0].key
    discarded.upload(key, (PDF, "a.pdf"), (PHOTO, "b.jpg"))
    kept.upload(key, (PDF, "a.pdf"))
    shared = {storage(app).put(PDF)}
    alone = set(storage(app).digests()) - before - shared
    assert len(alone) == 1
    client.post(f"{discarded.url}/discard", data={"confirmed": "yes"})

    assert clear_orphans(later(DAY - timedelta(minutes=1))) == 0
    assert alone <= known(), "younger than a day"
    assert clear_orphans(later(DAY)) == 0
    assert not alone & known(), "forgotten first"
    assert alone <= set(storage(app).digests())
    assert clear_orphans(later(2 * DAY)) == 1
    assert set(storage(app).digests()) == before | shared
    assert clear_orphans(later(9 * DAY)) == 0
    assert examine(app)["broken"] == []


def test_files_that_were_never_entered_go_as_well(app: Flask) -> None:
    refused = storage(app).put(b"an upload whose entry was refused")
    half = storage(app).root / refused[:2] / ".part-half"
    half.write_bytes(b"kill")
    assert clear_orphans(now()) == 0
    age(app)
    assert clear_orphans(now(), beginning="ghost") == 0
    assert clear_orphans(now(), beginning=refused[0]) == 1
    assert not storage(app).holds(refused)
    assert not half.exists()


def test_a_file_handed_in_again_while_it_is_cleared_away_stays(app: Flask, signed_in: Enter) -> None:
    """The bytes of an orphan are put, the sweep comes, and only then are they entered."""
    walk = begin(signed_in("wangxiaorong"), RESIDENCE)
    digest = storage(app).put(PDF)
    age(app)
    storage(app).put(PDF)
    assert clear_orphans(now()) == 0
    assert walk.upload(walk.item.materials[0].key, (PDF, "a.pdf")).status_code == 303
    assert clear_orphans(later(DAY)) == 0
    assert storage(app).get(digest) == PDF


def test_a_forgotten_entry_is_made_again(app: Flask, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    first = begin(client, RESIDENCE)
    key = first.item.materials[0].key
    first.upload(key, (PDF, "a.pdf"))
    client.post(f"{first.url}/discard", data={"confirmed": "yes"})
    clear_orphans(later(DAY))
    assert known() == set()
    assert begin(client, RESIDENCE).upload(key, (PDF, "a.pdf")).status_code == 303
    assert clear_orphans(later(DAY)) == 0
    assert examine(app)["broken"] == []


def test_handing_in_known_bytes_makes_their_entry_young(app: Flask, signed_in: Enter) -> None:
    walk = begin(signed_in("wangxiaorong"), RESIDENCE)
    key = walk.item.materials[0].key
    walk.upload(key, (PDF, "a.pdf"))
    with changing(at=now()) as session:
        session.execute(update(StoredFile).values(created_at=now().instant - 9 * DAY))
    another = begin(signed_in("yanmao"), RESIDENCE)
    another.upload(key, (PDF, "a.pdf"))
    (created,) = reading().scalars(select(StoredFile.created_at))
    assert now().instant - created < timedelta(hours=1)


@pytest.mark.parametrize("kind", ["office", "postgres_office"])
def test_handing_in_and_forgetting_at_once_lose_nothing(request: pytest.FixtureRequest, kind: str) -> None:
    office: Office = request.getfixturevalue(kind)
    token = office.draft()
    moment = now()
    item = catalogue().item("construction-permit")
    asked = next(one for one in item.materials if "pdf" in one.formats and one.source is Source.UPLOAD)
    content = PDF + b"\n"
    file = inspect(PDF, "a.pdf", asked.formats, largest=len(content))
    digest = office.storage.put(content)
    old = StoredFile(
        sha256=digest, size=len(content), media_type="application/pdf", created_at=moment.instant - 2 * DAY
    )
    with changing(at=moment) as session:
        session.add(old)
        by = for_change.application(session, token).applicant_id
    actor = Actor(by, Role.CITIZEN, None, frozenset({1}))
    has_entered, may_commit = Event(), Event()

    def forget() -> list[str]:
        with office.app.app_context():
            has_entered.wait(60)
            Timer(0.5, may_commit.set).start()
            with changing(at=moment) as session:
                return forget_files(session, at=moment)

    reading().rollback()
    with ThreadPoolExecutor(1) as other:
        forgetting = other.submit(forget)
        with changing(actor, moment) as session:
            attach(for_change.application(session, token), asked.key, file, digest, by=actor, at=moment)
            has_entered.set()
            may_commit.wait(60)
        assert forgetting.result() == []
    reading().rollback()
    assert reading().get(StoredFile, digest) is not None


@pytest.mark.parametrize("turn", range(20))
def test_putting_and_removing_at_once_never_loses_what_was_put(app: Flask, tmp_path: Path, turn: int) -> None:
    folder = Folder(tmp_path / "files")
    digest = folder.put(b"%d" % turn)
    before = now().instant - KEPT
    with ThreadPoolExecutor(2) as both:
        os.utime(folder.root / digest[:2] / digest, (0, 0))
        removing = both.submit(folder.remove, digest, before)
        putting = both.submit(folder.put, b"%d" % turn)
        removing.result()
        assert putting.result() == digest
    assert folder.get(digest) == b"%d" % turn


def test_the_scheduler_has_it_done(app: Flask) -> None:
    schedule = celery_of(app).conf["beat_schedule"]
    celery = celery_of(app)
    celery.loader.import_default_modules()
    assert {each["task"] for each in schedule.values()} <= set(celery.tasks)
    digest = storage(app).put(b"nobody's")
    with changing(at=now()) as session:
        assert forget_files(session, at=now()) == []
    celery.tasks["orphans"].run()
    assert storage(app).holds(digest)
