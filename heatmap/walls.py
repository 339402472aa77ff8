"""The SQL of row-level security: every table with a town stands behind it from its first day.

`heathub_allowed()` answers which towns the present identity may see, `heathub_allowed_to()` in
which it may do more than look (`choices.CAPABILITIES` says the same in Python), and
`heathub_withheld()` which versions of layers are too sensitive for its role. They run as the owner,
who has one policy of its own on the tables the answers are read from; everybody else, and the owner
on all other tables, stands behind the wall (FORCE).
"""

ALLOWED = "municipality_id = ANY ((SELECT heathub_allowed())::bigint[])"
WRITABLE = "municipality_id = ANY ((SELECT heathub_allowed_to('plan'))::bigint[])"
ADMINISTERED = "municipality_id = ANY ((SELECT heathub_allowed_to('administer'))::bigint[])"
SHOWN = f"{ALLOWED} AND NOT version_id = ANY ((SELECT heathub_withheld())::bigint[])"
UNPUBLISHED = (
    "version_id = ANY (ARRAY(SELECT v.id FROM heatmap_layerversion v WHERE v.published_at IS NULL))"
)
"""Asked once a statement: the drafts are few, the rows of one many."""

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


def town_table(table: str, role: str, *, write: str = WRITABLE) -> list[str]:
    """Rows of a town: seen by its members, changed by those who plan."""
    return [
        *_enable(table),
        _policy(table, role, "SELECT", using=ALLOWED),
        _policy(table, role, "INSERT", check=write),
        _policy(table, role, "UPDATE", using=write, check=write),
        _policy(table, role, "DELETE", using=write),
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


def feature_table(table: str, role: str, *, read: str = SHOWN, write: str = WRITABLE) -> list[str]:
    """Features: they come and go only while their version is a draft."""
    draft = f"{write} AND {UNPUBLISHED}"
    return [
        *_enable(table),
        _policy(table, role, "SELECT", using=read),
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


# --- roles: what `look` alone does not allow ------------------------------------------------------

ALLOWED_TO = """
CREATE FUNCTION heathub_allowed_to(wanted text) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT coalesce(array_agg(id), '{}') FROM (
        SELECT m.municipality_id AS id
            FROM heatmap_membership m JOIN auth_user u ON u.id = m.user_id AND u.is_active
            WHERE m.user_id = nullif(current_setting('heathub.user_id', true), '')::bigint
              AND m.municipality_id = coalesce(
                  nullif(current_setting('heathub.only_town', true), '')::bigint, m.municipality_id)
              AND CASE wanted
                  WHEN 'look' THEN true
                  WHEN 'see_restricted' THEN m.role <> 'viewer'
                  WHEN 'plan' THEN m.role <> 'viewer'
                  WHEN 'administer' THEN m.role = 'administrator'
                  ELSE false END
              AND (wanted = 'look'
                OR coalesce(current_setting('heathub.scope', true), '') = ''
                OR wanted = 'see_restricted'
                   AND 'restricted' = ANY (
                       string_to_array(current_setting('heathub.scope', true), ',')))
        UNION
        SELECT municipality_id FROM heatmap_job
            WHERE id = nullif(current_setting('heathub.job_id', true), '')::uuid
              AND wanted IN ('look', 'see_restricted', 'plan')
        UNION
        SELECT id FROM heatmap_municipality
            WHERE slug = nullif(current_setting('heathub.municipality', true), '')
        UNION
        SELECT id FROM heatmap_municipality WHERE wanted = 'administer' AND heathub_is_system()
    ) AS towns
$$
"""
ALLOWED_TO_REVERSE = "DROP FUNCTION heathub_allowed_to(text)"

IS_SYSTEM = """
CREATE FUNCTION heathub_is_system() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT EXISTS (
        SELECT 1 FROM auth_user
        WHERE id = nullif(current_setting('heathub.user_id', true), '')::bigint
          AND is_superuser AND is_active
          AND coalesce(current_setting('heathub.scope', true), '') = ''
    )
$$
"""
IS_SYSTEM_REVERSE = "DROP FUNCTION heathub_is_system()"

ALLOWED_BEFORE = IDENTITY_FUNCTION.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
ALLOWED_IS_LOOK = """
CREATE OR REPLACE FUNCTION heathub_allowed() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT heathub_allowed_to('look')
$$
"""

WITHHELD = """
CREATE FUNCTION heathub_withheld() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT coalesce(array_agg(id), '{}') FROM heatmap_layerversion
    WHERE data_class = 'restricted'
      AND municipality_id = ANY (heathub_allowed_to('look'))
      AND NOT municipality_id = ANY (heathub_allowed_to('see_restricted'))
$$
"""
WITHHELD_REVERSE = "DROP FUNCTION heathub_withheld()"


def _write_needs(table: str, rule: str) -> list[str]:
    return [
        f"ALTER POLICY web_insert ON {table} WITH CHECK ({rule})",
        f"ALTER POLICY web_update ON {table} USING ({rule}) WITH CHECK ({rule})",
        f"ALTER POLICY web_delete ON {table} USING ({rule})",
    ]


def planners_write(table: str) -> list[str]:
    """Bring a table of the first migrations under the roles."""
    return _write_needs(table, WRITABLE)


def planners_write_versions() -> list[str]:
    table, draft = "heatmap_layerversion", f"{WRITABLE} AND published_at IS NULL"
    return [
        f"CREATE POLICY owner_reads ON {table} FOR SELECT TO CURRENT_USER USING (true)",
        f"ALTER POLICY web_insert ON {table} WITH CHECK ({draft})",
        f"ALTER POLICY web_update ON {table} USING ({draft}) WITH CHECK ({WRITABLE})",
        f"ALTER POLICY web_delete ON {table} USING ({draft})",
    ]


def roles_see_and_write_features(table: str) -> list[str]:
    return [
        f"ALTER POLICY web_select ON {table} USING ({SHOWN})",
        *_write_needs(table, f"{WRITABLE} AND {UNPUBLISHED}"),
    ]


def administrators_decide() -> list[str]:
    """Who belongs to a town, and what a town is, is decided by its administrators alone."""
    town = ADMINISTERED.replace("municipality_id", "id")
    named = "slug = nullif(current_setting('heathub.municipality', true), '')"
    look = ALLOWED.replace("municipality_id", "id")
    return [
        *_write_needs("heatmap_membership", ADMINISTERED),
        f"ALTER POLICY web_select ON heatmap_membership USING ({ALLOWED} OR {ADMINISTERED})",
        f"ALTER POLICY web_select ON heatmap_municipality USING ({look} OR {named} OR {town})",
        f"ALTER POLICY web_update ON heatmap_municipality USING ({town}) WITH CHECK ({town})",
        f"ALTER POLICY web_delete ON heatmap_municipality USING ({named})",
    ]


def administered_table(table: str, role: str) -> list[str]:
    """Rows that only the administrators of a town see and change."""
    return [
        *_enable(table),
        _policy(table, role, "SELECT", using=ADMINISTERED),
        _policy(table, role, "INSERT", check=ADMINISTERED),
        _policy(table, role, "UPDATE", using=ADMINISTERED, check=ADMINISTERED),
        _policy(table, role, "DELETE", using=ADMINISTERED),
    ]


def token_table(role: str) -> list[str]:
    """Tokens: seen by their owner and the town's administrators, made by their owner alone."""
    mine = (
        f"{ALLOWED} AND user_id = nullif(current_setting('heathub.user_id', true), '')::bigint"
        " AND coalesce(current_setting('heathub.scope', true), '') = ''"
    )
    either = f"({mine}) OR {ADMINISTERED}"
    return [
        *_enable("heatmap_apitoken"),
        _policy("heatmap_apitoken", role, "SELECT", using=either),
        _policy("heatmap_apitoken", role, "INSERT", check=mine),
        _policy("heatmap_apitoken", role, "UPDATE", using=either, check=either),
        _policy("heatmap_apitoken", role, "DELETE", using=either),
    ]


def audit_table(role: str) -> list[str]:
    """The log: everybody adds, administrators read, nobody changes or removes."""
    table = "heatmap_auditentry"
    return [
        *_enable(table),
        _policy(table, role, "SELECT", using=f"{ADMINISTERED} OR heathub_is_system()"),
        _policy(table, role, "INSERT", check="true"),
        f'REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM "{role}"',
    ]


# --- deleting a published version for good --------------------------------------------------------

DELETE_VERSION = """
CREATE FUNCTION heathub_delete_version(wanted bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    version record;
    content text;
BEGIN
    SELECT id, municipality_id, layer_id, number INTO version FROM heatmap_layerversion
        WHERE id = wanted AND municipality_id = ANY (heathub_allowed_to('administer'));
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = 'only administrators delete for good';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM heatmap_layerversion WHERE layer_id = version.layer_id
                   AND number > version.number AND published_at IS NOT NULL) THEN
        RAISE foreign_key_violation USING MESSAGE = 'in use', CONSTRAINT = 'version_in_use';
    END IF;
    IF EXISTS (SELECT 1 FROM heatmap_layerversion WHERE municipality_id = version.municipality_id
               AND inputs @> to_jsonb(wanted)) THEN
        RAISE foreign_key_violation USING MESSAGE = 'an input', CONSTRAINT = 'version_is_input';
    END IF;
    PERFORM set_config('heathub.deleting', wanted::text, true);
    FOREACH content IN ARRAY ARRAY[{tables}] LOOP
        EXECUTE format('DELETE FROM %I WHERE version_id = $1', content) USING wanted;
    END LOOP;
    DELETE FROM heatmap_layerversion WHERE id = wanted;
    PERFORM set_config('heathub.deleting', '', true);
END
$$
"""
DELETE_VERSION_REVERSE = "DROP FUNCTION heathub_delete_version(bigint)"


def content_can_go(table: str) -> list[str]:
    """Let the owner alone remove the rows of a version that is deleted for good."""
    deleting = "nullif(current_setting('heathub.deleting', true), '')::bigint"
    rule = f"ON {table} FOR {{}} TO CURRENT_USER USING (version_id = {deleting})"
    return [
        f"CREATE POLICY owner_finds {rule.format('SELECT')}",
        f"CREATE POLICY owner_removes {rule.format('DELETE')}",
    ]


def versions_take_along(content: list[str], unlinked: list[str]) -> list[str]:
    """Name anew the tables that go with a version, and those that no foreign key holds to it."""

    def replaced(function: str, tables: list[str]) -> str:
        names = ", ".join(f"'{table}'" for table in tables)
        again = function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        return again.format(tables=names)

    return [replaced(DELETE_VERSION, content), replaced(VERSION_LEAVES_NOTHING, unlinked)]


def versions_can_go(content_tables: list[str]) -> list[str]:
    """A published version goes whole, by the function alone, by those who administer the town.

    The policies are the owner's: to everybody else published content stays as it is.
    """
    deleting = "nullif(current_setting('heathub.deleting', true), '')::bigint"
    statements = [
        "CREATE POLICY owner_removes ON heatmap_layerversion FOR DELETE TO CURRENT_USER"
        f" USING (id = {deleting})"
    ]
    for table in content_tables:
        rule = f"ON {table} FOR {{}} TO CURRENT_USER USING (version_id = {deleting})"
        statements.append(f"CREATE POLICY owner_finds {rule.format('SELECT')}")
        statements.append(f"CREATE POLICY owner_removes {rule.format('DELETE')}")
    tables = ", ".join(f"'{table}'" for table in content_tables)
    return [*statements, DELETE_VERSION.format(tables=tables)]


# --- features without a foreign key ---------------------------------------------------------------

VERSION_LEAVES_NOTHING = """
CREATE FUNCTION heathub_leaves_nothing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    content text;
    held boolean;
    before text := coalesce(current_setting('heathub.deleting', true), '');
BEGIN
    PERFORM set_config('heathub.deleting', OLD.id::text, true);
    FOREACH content IN ARRAY ARRAY[{tables}] LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE version_id = $1)', content)
            INTO held USING OLD.id;
        IF held THEN
            RAISE foreign_key_violation
                USING MESSAGE = format('version %s still has rows in %s', OLD.id, content);
        END IF;
    END LOOP;
    PERFORM set_config('heathub.deleting', before, true);
    RETURN OLD;
END
$$
"""
VERSION_LEAVES_NOTHING_REVERSE = """
DROP TRIGGER leaves_nothing ON heatmap_layerversion;
DROP FUNCTION heathub_leaves_nothing()
"""


def features_follow_drafts(tables: list[str]) -> list[str]:
    """The wall lets features into an existing draft only; so no key has to be looked up for each.

    What a foreign key would do besides is done when a version is deleted.
    """
    rule = f"{WRITABLE} AND {UNPUBLISHED}"
    statements = [statement for table in tables for statement in _write_needs(table, rule)]
    names = ", ".join(f"'{table}'" for table in tables)
    return [
        *statements,
        VERSION_LEAVES_NOTHING.format(tables=names),
        "CREATE TRIGGER leaves_nothing BEFORE DELETE ON heatmap_layerversion"
        " FOR EACH ROW EXECUTE FUNCTION heathub_leaves_nothing()",
    ]


# --- one question for a tile ----------------------------------------------------------------------

TILE_DOOR = """
CREATE FUNCTION heathub_tile_door(session text, person bigint, wanted bigint)
RETURNS TABLE (
    session_data text, password text, role text, data_class text, content_hash text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
    RETURN QUERY
    SELECT s.session_data, u.password::text, m.role::text, v.data_class::text,
           v.content_hash::text
    FROM django_session s
    JOIN auth_user u ON u.id = person AND u.is_active
    JOIN heatmap_membership m ON m.user_id = u.id
    JOIN heatmap_layerversion v ON v.id = wanted AND v.municipality_id = m.municipality_id
        AND v.published_at IS NOT NULL
    WHERE s.session_key = session AND s.expire_date > now();
END
$$
"""
TILE_DOOR_REVERSE = "DROP FUNCTION heathub_tile_door(text, bigint, bigint)"
