"""What bin/lib/setup.sh asks the database through the two addresses in the environment.

database.py check           whether an existing server can be used; prints the web role's name
database.py migrated MARK   whether the tables were last migrated with this mark
database.py mark MARK       remember the mark
"""

import os
import sys
from pathlib import Path
from typing import NoReturn

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Literal

FOLDER = Path(__file__).parent
LACKING = """
SELECT 'the PostGIS extension' WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'postgis')
UNION ALL SELECT 'the mark LEAKPROOF on the box test of PostGIS' WHERE NOT EXISTS (
  SELECT FROM pg_proc WHERE proname = 'geometry_overlaps' AND proleakproof)
UNION ALL SELECT 'the right of the owner role to create tables'
  WHERE NOT has_schema_privilege('public', 'CREATE')
UNION ALL SELECT 'the web role' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = %(web)s)
UNION ALL SELECT 'a web role that row-level security binds' FROM pg_roles
  WHERE rolname = %(web)s AND (rolsuper OR rolbypassrls)
UNION ALL SELECT 'the rights of the web role on new tables' WHERE NOT EXISTS (
  SELECT FROM pg_default_acl a CROSS JOIN LATERAL aclexplode(a.defaclacl) x
  JOIN pg_roles r ON r.oid = x.grantee
  WHERE a.defaclrole = current_user::regrole AND a.defaclobjtype = 'r' AND r.rolname = %(web)s)
"""
ROLES = """CREATE ROLE "{owner}" LOGIN PASSWORD '...';
CREATE ROLE "{web}" LOGIN PASSWORD '...';
CREATE DATABASE "{database}" OWNER "{owner}";
"""


def address(name: str) -> dict[str, str]:
    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(os.environ[name]).items()}
    except psycopg.ProgrammingError:
        refuse(f"{name} is not a postgresql:// address.")
    if not parts.get("user") or not parts.get("dbname"):
        refuse(f"{name} must name a role and a database: postgresql://role:password@host/database")
    return parts


def administrator_sql(owner: str, web: str, database: str, roles: bool) -> str:
    text = (ROLES if roles else "") + '\\connect "{database}"\n'
    text += (FOLDER / "database.sql").read_text(encoding="utf-8")
    text += 'ALTER ROLE "{web}" NOSUPERUSER NOBYPASSRLS;\n'
    text = text.replace(':"web"', '"{web}"').replace(':"owner"', '"{owner}"')
    return text.format(owner=owner, web=web, database=database)


def oneline(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip("?.")


def refuse(reason: str, sql: str = "") -> NoReturn:
    if sql:
        print(f"\nA superuser of that server must run:\n\n{sql}", file=sys.stderr)
        reason += " Have the SQL above run by an administrator, then start again."
    sys.exit(f"\nheathub: {reason}")


def check() -> None:
    owner, web = address("DATABASE_OWNER_URL"), address("DATABASE_URL")
    names = owner["user"], web["user"], owner["dbname"]
    if owner["user"] == web["user"]:
        refuse("DATABASE_URL and DATABASE_OWNER_URL name the same role; they must be two.")
    if owner["dbname"] != web["dbname"]:
        refuse("DATABASE_URL and DATABASE_OWNER_URL name different databases.")
    try:
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"], connect_timeout=10) as link:
            available = "SELECT FROM pg_available_extensions WHERE name = 'postgis'"
            if link.execute(available).fetchone() is None:
                refuse("That server has no PostGIS; an administrator must install it there first.")
            lacking = [row[0] for row in link.execute(LACKING, {"web": web["user"]})]
    except psycopg.OperationalError as error:
        # a server that answers says FATAL; then it lacks the role, its password or the database
        sql = administrator_sql(*names, roles=True) if "FATAL" in str(error) else ""
        refuse(f"DATABASE_OWNER_URL does not work: {oneline(error)}.", sql)
    if lacking:
        sql = administrator_sql(*names, roles=False)
        if "the web role" in lacking:
            sql = f"CREATE ROLE \"{web['user']}\" LOGIN PASSWORD '...';\n{sql}"
        refuse(f"The database lacks {', '.join(lacking)}.", sql)
    try:
        psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10).close()
    except psycopg.OperationalError as error:
        refuse(f"DATABASE_URL does not work: {oneline(error)}.")
    print(web["user"])


def migrated(mark: str) -> None:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as link:
        row = link.execute("SELECT obj_description(to_regclass('django_migrations'))").fetchone()
    sys.exit(row is None or row[0] != mark)


def remember(mark: str) -> None:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as link:
        link.execute(SQL("COMMENT ON TABLE django_migrations IS {}").format(Literal(mark)))


if __name__ == "__main__":
    {"check": check, "migrated": migrated, "mark": remember}[sys.argv[1]](*sys.argv[2:])
