"""The box in which a moderator closes the account of somebody who floods the site; on its page and at its change."""

from kmwiki.models import User
from kmwiki.services.accounts.new_accounts import is_new
from kmwiki.services.accounts.spam_care import may_stop
from kmwiki.services.review.ready_reasons import ready_reasons
from kmwiki.site import UnitOfWork


def stop_values(uow: UnitOfWork, user: User, *, only_new: bool = False) -> dict[str, object] | None:
    """What components/stopping.html draws; None where the asker may not, or (`only_new`) the account is known here."""
    if not may_stop(uow, user) or (only_new and not is_new(uow, user)):
        return None
    reasons = ready_reasons(uow, "reject")["reject"]
    return {"url": f"/admin/users/{user.username}/stop", "name": user.name, "reasons": reasons}
