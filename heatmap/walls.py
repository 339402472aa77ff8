"""The SQL of row-level security: every table with a town stands behind it from its first day.

`heathub_allowed()` answers which towns the present identity may see. It runs as the owner, who has
one policy of its own on the three tables the answer is read from; everybody else, and the owner on
all other tables, stands behind the wall (FORCE).
"""

ALLOWED = "municipality_id = ANY ((SELECT heathub_allowed())::bigint[])"
UNPUBLISHED = (
    "EXISTS (SELECT 1 FROM heatmap_layerversion v"
    " WHERE v.id = version_id AND v.published_at IS NULL)"
)

IDENTITY_FUNCTION = """
CREATE FUNCTION heathub_allowed() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT coalesce(array_agg(id), '{}') FROM (
        SELECT municipality_id AS id FROM heatmap_membership
            WHERE user_id = nullif(current_setting('heathub.user_id', true), '')::bigint
        UNION
        SELECT municipality_id FROM heatmap_job
            WHERE id = nullif(current_setting('heathub.job_id', true), '')::uuid
        UNION
        SELECT id FROM heatmap_municipality
            WHERE slug = nullif(current_setting('heathub.municipality', true), '')
    ) AS towns
$$
"""
IDENTITY_FUNCTION_REVERSE = "DROP FUNCTION heathub_allowed()"


def _policy(table: str, role: str, command: str, *, using: str = "", check: str = "") -> str:
    clauses = (f" USING ({using})" if using else "") + (f" WITH CHECK ({check})" if check else "")
    return f'CREATE POLICY web_{command.lower()} ON {table} FOR {command} TO "{role}"{clauses}'


def _enable(table: str) -> list[str]:
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
    ]


def town_table(table: str, role: str) -> list[str]:
    """Rows of a town: seen and changed only by those who may see the town."""
    return [
        *_enable(table),
        _policy(table, role, "SELECT", using=ALLOWED),
        _policy(table, role, "INSERT", check=ALLOWED),
        _policy(table, role, "UPDATE", using=ALLOWED, check=ALLOWED),
        _policy(table, role, "DELETE", using=ALLOWED),
    ]


def version_table(role: str) -> list[str]:
    """Layer versions: free to change until published, never after."""
    table, draft = "heatmap_layerversion", f"{ALLOWED} AND published_at IS NULL"
    return [
        *_enable(table),
        _policy(table, role, "SELECT", using=ALLOWED),
        _policy(table, role, "INSERT", check=draft),
        _policy(table, role, "UPDATE", using=draft, check=ALLOWED),
        _policy(table, role, "DELETE", using=draft),
    ]


def feature_table(table: str, role: str) -> list[str]:
    """Features: they come and go only while their version is a draft."""
    draft = f"{ALLOWED} AND {UNPUBLISHED}"
    return [
        *_enable(table),
        _policy(table, role, "SELECT", using=ALLOWED),
        _policy(table, role, "INSERT", check=draft),
        _policy(table, role, "UPDATE", using=draft, check=draft),
        _policy(table, role, "DELETE", using=draft),
    ]


def _identity_table(table: str, role: str, seen: str, written: str) -> list[str]:
    return [
        *_enable(table),
        f"CREATE POLICY owner_reads ON {table} FOR SELECT TO CURRENT_USER USING (true)",
        _policy(table, role, "SELECT", using=seen),
        _policy(table, role, "INSERT", check=written),
        _policy(table, role, "UPDATE", using=seen, check=seen),
        _policy(table, role, "DELETE", using=seen),
    ]


def identity_tables(role: str) -> list[str]:
    """The three tables that say who may see what."""
    town = ALLOWED.replace("municipality_id", "id")
    named = "slug = nullif(current_setting('heathub.municipality', true), '')"
    return [
        *_identity_table("heatmap_municipality", role, f"{town} OR {named}", named),
        *_identity_table("heatmap_membership", role, ALLOWED, ALLOWED),
        *_identity_table("heatmap_job", role, ALLOWED, ALLOWED),
    ]
