"""Tokens for programs: made, believed, taken back."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext_noop

from heatmap.choices import TokenScope
from heatmap.errors import Refusal
from heatmap.identity import acting_as
from heatmap.models import ApiToken, Municipality
from heatmap.services.audit import record
from heatmap.town_secrets import new_secret, secret_hash, town_of

MOST_PER_PERSON = 20
LONGEST_DAYS = 366
USED_EVERY = timedelta(minutes=5)


def create_token(
    municipality: Municipality, user: User, *, name: str, scope: str, days: int
) -> tuple[ApiToken, str]:
    """Make a token and return its secret, which nobody can read again.

    Raises
    ------
    Refusal
        If the person has as many open tokens as one may have.
    """
    now = timezone.now()
    mine = ApiToken.objects.filter(municipality=municipality, user=user, revoked_at=None)
    if mine.filter(expires_at__gt=now).count() >= MOST_PER_PERSON:
        raise Refusal(
            gettext_noop("You have %(most)s open tokens; revoke one of them first."),
            most=MOST_PER_PERSON,
        )
    secret = new_secret(municipality.slug)
    token = ApiToken.objects.create(
        municipality=municipality,
        user=user,
        name=name,
        scope=TokenScope(scope),
        secret_hash=secret_hash(secret),
        expires_at=now + timedelta(days=min(days, LONGEST_DAYS)),
    )
    record("token_created", municipality, name, scope=scope, days=days)
    return token, secret


def revoke_token(token: ApiToken) -> None:
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record("token_revoked", token.municipality, token.name, of=token.user.get_username())


def holder_of(secret: str) -> ApiToken | None:
    """Return the open token behind a secret, with its person; None if there is none."""
    slug = town_of(secret)
    if slug is None:
        return None
    with acting_as(municipality=slug):
        tokens = ApiToken.objects.select_related("user", "municipality")
        token = tokens.filter(secret_hash=secret_hash(secret), user__is_active=True).first()
        if token is None or not token.is_open:
            return None
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > USED_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token
