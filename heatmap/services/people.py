"""Lets people into a town, changes what they may do there, and lets them go."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from heatmap.choices import Role
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.models import ApiToken, Invitation, Membership, Municipality
from heatmap.services.audit import record
from heatmap.services.municipalities import let_in
from heatmap.town_secrets import new_secret, secret_hash, town_of

INVITATION_DAYS = 14
LAST_ADMINISTRATOR = gettext_noop(
    "%(town)s needs at least one administrator. Make somebody else administrator first."
)


def invite(
    municipality: Municipality, *, email: str, role: str, user: User | None
) -> tuple[Invitation, str]:
    """Invite a person; returns the secret of the link, which nobody can read again.

    An older open invitation of the same person ends.
    """
    Invitation.objects.filter(
        municipality=municipality, email__iexact=email, accepted_at=None
    ).delete()
    secret = new_secret(municipality.slug)
    invitation = Invitation.objects.create(
        municipality=municipality,
        email=email,
        role=Role(role),
        secret_hash=secret_hash(secret),
        invited_by=user,
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    record("invited", municipality, email, role=role)
    return invitation, secret


def withdraw(invitation: Invitation) -> None:
    record("invitation_withdrawn", invitation.municipality, invitation.email)
    invitation.delete()


def open_invitation(secret: str) -> Invitation | None:
    """Return the invitation behind a link that can still be accepted."""
    slug = town_of(secret)
    if slug is None:
        return None
    with acting_as(municipality=slug):
        invitations = Invitation.objects.select_related("municipality", "invited_by")
        found = invitations.filter(secret_hash=secret_hash(secret)).first()
    return found if found and found.is_open else None


def accept(invitation: Invitation, user: User) -> None:
    """Let a person in; whoever comes second with the same link is refused.

    Raises
    ------
    Refusal
        If the invitation was used or withdrawn meanwhile.
    """
    town = invitation.municipality
    with acting_as(municipality=town.slug):
        open_ones = Invitation.objects.filter(pk=invitation.pk, accepted_at=None)
        if not open_ones.update(accepted_at=timezone.now()):
            raise Refusal(gettext_noop("This invitation was used already."))
        role = Role(invitation.role)
        had = Membership.objects.filter(municipality=town, user=user).first()
        if had and had.role == Role.ADMINISTRATOR != role:
            _keep_one_administrator(town, had)
        let_in(town, user, role)
        record("joined", town, user.get_username(), role=role)


def create_account(*, name: str, email: str, password: str) -> User:
    """Make an account for an invited person.

    Raises
    ------
    Refusal
        If the name is taken.
    """
    try:
        with transaction.atomic():
            return get_user_model().objects.create_user(name, email, password)
    except IntegrityError as error:
        raise Refusal(
            gettext_noop("The user name %(name)s is taken; choose another one."), name=name
        ) from error


def change_role(membership: Membership, role: str) -> None:
    """Give a member another role.

    Raises
    ------
    Refusal
        If the town would be left without an administrator.
    """
    before = membership.role
    if before == role:
        return
    if before == Role.ADMINISTRATOR:
        _keep_one_administrator(membership.municipality, membership)
    membership.role = Role(role)
    membership.save(update_fields=["role"])
    record(
        "role_changed",
        membership.municipality,
        membership.user.get_username(),
        before=before,
        after=role,
    )


def let_go(membership: Membership) -> None:
    """End a membership, and the person's tokens for this town with it.

    Raises
    ------
    Refusal
        If the town would be left without an administrator.
    """
    if membership.role == Role.ADMINISTRATOR:
        _keep_one_administrator(membership.municipality, membership)
    town, user = membership.municipality, membership.user
    ApiToken.objects.filter(municipality=town, user=user, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    record("member_removed", town, user.get_username(), role=membership.role)
    membership.delete()


def _keep_one_administrator(town: Municipality, leaving: Membership) -> None:
    """Lock all administrators of the town first: two who leave at once must not leave it alone."""
    administrators = Membership.objects.filter(municipality=town, role=Role.ADMINISTRATOR)
    others = [row.pk for row in administrators.select_for_update() if row.pk != leaving.pk]
    if not others:
        raise Refusal(LAST_ADMINISTRATOR, town=town.name)
