"""Work that rests is shown without what it holds, tried again, or given up with a reason that is noted."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from browsing import led_to, post
from kmwiki import worker
from kmwiki.domain.ids import new_id
from kmwiki.models import AuditEntry, OutboxJob
from kmwiki.permissions import SYSTEM
from kmwiki.services.upkeep.job_care import harmless
from kmwiki.site import Site
from kmwiki.web.admin.jobs import job_words

ERROR = (
    "SMTPError: 550 ada@example.org unknown at smtp://mailer:pass@mail.example.org:25 [10.2.3.4] "
    "key 3q2-7wAbCdEf0123456789xyz\n[parameters: ('Dear Ada, your draft …',)]"
)


def add(site: Site, name: str = "mail", rests: bool = True, attempts: int = 8) -> UUID:
    with site.work(SYSTEM) as uow:
        job = OutboxJob(
            id=new_id(), name=name, payload={"to": "ada@example.org", "text": "Dear Ada"}, attempts=attempts,
            run_at=uow.now + timedelta(hours=1), rests=rests, last_error=ERROR, created_at=uow.now - timedelta(days=2),
        )  # fmt: skip
        uow.session.add(job)
    return job.id


def jobs(site: Site) -> dict[UUID, OutboxJob]:
    with site.work(SYSTEM) as uow:
        return {job.id: job for job in uow.session.scalars(select(OutboxJob))}


def noted(site: Site, action: str) -> list[AuditEntry]:
    with site.work(SYSTEM) as uow:
        return list(uow.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_an_error_is_shown_without_addresses_and_secrets() -> None:
    shown = harmless(ERROR)

    assert shown.startswith("SMTPError: 550")
    for hidden in ("ada@", "example.org", "mailer", "10.2.3.4", "3q2-7w", "Dear Ada", "parameters"):
        assert hidden not in shown


def test_the_page_says_what_waits_and_rests_and_nothing_of_what_it_holds(site: Site, signed_in) -> None:
    add(site)
    add(site, "widths", rests=False, attempts=2)
    page = signed_in("admin").get("/admin/jobs").text

    assert "Sending a mail" in page and "Making pictures smaller" in page
    assert "2 days" in page and "tried 8 times" in page and "SMTPError" in page
    assert "ada@example.org" not in page and "Dear Ada" not in page


def test_an_empty_page_says_that_everything_is_done(signed_in) -> None:
    assert "Everything is done." in signed_in("admin").get("/admin/jobs").text


@pytest.mark.database
def test_one_or_all_of_a_kind_are_tried_again_at_once(site: Site, signed_in) -> None:
    one, two, other = add(site), add(site), add(site, "webhook")
    admin = signed_in("admin")

    led_to(post(admin, f"/admin/jobs/{one}/retry"))
    assert not jobs(site)[one].rests and jobs(site)[two].rests
    assert jobs(site)[one].run_at <= site.clock()

    led_to(post(admin, "/admin/jobs/retry", {"name": "mail"}))
    found = jobs(site)
    assert not found[two].rests and found[two].attempts == 0 and found[other].rests
    assert [entry.details["name"] for entry in noted(site, "job.retry")] == ["mail", "mail"]


def test_one_that_rests_is_given_up_with_a_reason(site: Site, signed_in) -> None:
    job = add(site)
    admin = signed_in("admin")

    refused = post(admin, f"/admin/jobs/{job}/drop", {"reason": " "})
    assert refused.status_code == 422 and "Please give a reason" in refused.text
    assert job in jobs(site)

    led_to(post(admin, f"/admin/jobs/{job}/drop", {"reason": "Ada has left."}))
    assert jobs(site) == {}
    assert [(entry.reason, entry.details["name"]) for entry in noted(site, "job.drop")] == [("Ada has left.", "mail")]


def test_what_waits_cannot_be_given_up_and_what_is_done_is_not_there(site: Site, signed_in) -> None:
    waits = add(site, rests=False)
    admin = signed_in("admin")

    assert post(admin, f"/admin/jobs/{waits}/drop", {"reason": "No."}).status_code == 409
    assert post(admin, f"/admin/jobs/{new_id()}/retry").status_code == 404
    assert waits in jobs(site)


def test_every_kind_of_work_has_plain_words() -> None:
    names = {**worker.HANDLERS, **worker.SLOW_HANDLERS, **getattr(worker, "TELLING_HANDLERS", {})}

    assert [name for name in names if job_words(name) == name] == []
