#!/usr/bin/env bash
# Prepares the database of docker-compose.yml on its first start, with the SQL that bin/run uses.
set -euo pipefail
roles=(-v owner=heathub_owner -v web=heathub_web)
admin() { psql -X -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" "${roles[@]}" "$@"; }

admin -d postgres -v owner_password="$HEATHUB_OWNER_PASSWORD" -v web_password="$HEATHUB_WEB_PASSWORD" \
  -f /heathub/roles.sql
admin -d postgres -c "ALTER DATABASE \"$POSTGRES_DB\" OWNER TO heathub_owner"
admin -d "$POSTGRES_DB" -f /heathub/database.sql
