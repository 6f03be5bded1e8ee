#!/usr/bin/env bash
# Sourced: a city's private PostgreSQL, reached through a socket in its data directory only. Databases catalog
# and progress, each with an owner that cannot log in and a service role that can connect to nothing else.
# Needs DATA, owner.bash, and OWNER, the system user that it runs as.

CLUSTER_ADMINISTRATOR=postgres
CLUSTER_PORT=5432 # only names the socket; nothing listens on it

# Debian keeps the programs of each version apart; the newest is taken.
cluster_programs() {
  local newest
  newest=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
  [[ -x $newest ]] || { echo "PostgreSQL is not installed: no /usr/lib/postgresql/*/bin/initdb" >&2; return 1; }
  printf '%s\n' "${newest%/initdb}"
}

# The directory of the socket. A socket's path has at most 107 bytes: where the data directory is too deep, a
# short directory stands in, and the data directory remembers which.
cluster_socket() {
  local near=$DATA/socket far
  if (($(printf '%s/.s.PGSQL.%s' "$near" "$CLUSTER_PORT" | wc -c) < 104)); then
    printf '%s\n' "$near"
    return
  fi
  far=$(cat "$DATA/socket-directory" 2>/dev/null || true)
  # The remembered one may be gone with /tmp, and somebody else's may stand in its place.
  if [[ -n $far && -d $far && ! -L $far && $(stat -c '%U %a' "$far") == "$OWNER 700" ]]; then
    printf '%s\n' "$far"
    return
  fi
  far=$(as_owner mktemp -d "$(short_directory)/seisaku-XXXXXX")
  printf '%s\n' "$far" | write_file "$DATA/socket-directory"
  printf '%s\n' "$far"
}

short_directory() {
  if [[ ${#AS_OWNER[@]} == 0 && -d ${XDG_RUNTIME_DIR:-} && ${#XDG_RUNTIME_DIR} -lt 60 ]]; then
    printf '%s\n' "$XDG_RUNTIME_DIR"
  else
    printf '/tmp\n'
  fi
}

# cluster_dsn DATABASE ROLE
cluster_dsn() {
  printf "host='%s' port=%s dbname=%s user=%s" "$(cluster_socket)" "$CLUSTER_PORT" "$1" "$2"
}

cluster_exists() { [[ -s $DATA/postgres/PG_VERSION ]]; }

# Who may connect: the system user that owns the data, and only as the role of the database.
cluster_authentication() {
  cat <<TEXT
# TYPE  DATABASE  USER              METHOD
local   all       $CLUSTER_ADMINISTRATOR          peer map=seisaku
local   catalog   catalog_service   peer map=seisaku
local   progress  progress_service  peer map=seisaku
local   all       all               reject
TEXT
}

cluster_identities() {
  local role
  for role in "$CLUSTER_ADMINISTRATOR" catalog_service progress_service; do
    printf 'seisaku "%s" %s\n' "$OWNER" "$role"
  done
}

# Durability stays as PostgreSQL has it: a service refuses to start where it is less.
cluster_settings() {
  cat <<TEXT
listen_addresses = ''
port = $CLUSTER_PORT
unix_socket_directories = '$(cluster_socket)'
unix_socket_permissions = 0700
max_connections = 50
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
TEXT
}

# Replaces file $1 by standard input where it differs.
# shellcheck disable=SC2016 # $1 is the inner shell's
cluster_write() {
  as_owner sh -c 'umask 077 && cat >"$1.new" && if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi' \
    sh "$1"
}

# Makes the cluster where there is none, beside its place and then into it, so that one that was cut off is
# made anew.
# shellcheck disable=SC2016 # $1 is the inner shell's
cluster_create() {
  if ! cluster_exists; then
    owner_folder "$DATA/postgres.new"
    as_owner find "$DATA/postgres.new" -mindepth 1 -delete
    as_owner "$(cluster_programs)/initdb" --pgdata="$DATA/postgres.new" --username="$CLUSTER_ADMINISTRATOR" \
      --auth=peer --encoding=UTF8 --locale=C.UTF-8 --data-checksums
    as_owner sh -c 'echo "include_if_exists = '\''seisaku.conf'\''" >>"$1/postgresql.conf"' sh "$DATA/postgres.new"
    in_folder "$DATA" mv -T "$DATA/postgres.new" "$DATA/postgres"
  fi
  owner_folder "$DATA/socket"
  as_owner chmod 0700 "$DATA/socket"
  cluster_authentication | cluster_write "$DATA/postgres/pg_hba.conf"
  cluster_identities | cluster_write "$DATA/postgres/pg_ident.conf"
  cluster_settings | cluster_write "$DATA/postgres/seisaku.conf"
}

# Where process $1 works; fails where that cannot be seen. Root in a container (without CAP_SYS_PTRACE) sees it of no
# other user's, but that user does.
directory_of() { readlink "/proc/$1/cwd" 2>/dev/null || as_owner readlink "/proc/$1/cwd" 2>/dev/null; }

is_postgres() { [[ $(cat "/proc/$1/comm" 2>/dev/null) == postgres ]]; }

# Prints the server's process id while it runs: postmaster.pid may be left over and name anything, but only a server
# of this directory is PostgreSQL and has it as its working directory.
cluster_pid() {
  local pid
  pid=$(read_owned "$DATA/postgres/postmaster.pid" | sed -n 1p)
  [[ $pid =~ ^[0-9]+$ ]] && is_postgres "$pid" || return 1
  [[ $(directory_of "$pid") == "$(realpath "$DATA/postgres")" ]] || return 1
  printf '%s\n' "$pid"
}

# A version of PostgreSQL cannot read another's files.
cluster_control() {
  local version
  version=$(as_owner cat "$DATA/postgres/PG_VERSION")
  as_owner "/usr/lib/postgresql/$version/bin/pg_ctl" --pgdata="$DATA/postgres" --wait --timeout=60 --silent "$@" \
    </dev/null 3>&- 4>&- 9>&-
}

# Processes that work in the data directory, as every one of PostgreSQL's does.
# shellcheck disable=SC2016 # $1 is the inner shell's
cluster_processes() {
  local directory look='for folder in /proc/[0-9]*; do
    if [ "$(readlink "$folder/cwd" 2>/dev/null)" = "$1" ]; then echo "${folder##*/}"; fi
  done'
  directory=$(realpath "$DATA/postgres")
  { sh -c "$look" sh "$directory"; as_owner sh -c "$look" sh "$directory"; } | sort -u
}

# After a crash postmaster.pid may name a process that has nothing to do with it, and PostgreSQL does not start as
# long as that one lives. It means nothing while no process at all works in the data directory; those that a crash
# left there end by themselves, as a rule.
cluster_forget_dead() {
  local pid left tries
  pid=$(read_owned "$DATA/postgres/postmaster.pid" | sed -n 1p)
  [[ $pid =~ ^[0-9]+$ && -e /proc/$pid ]] || return 0
  if is_postgres "$pid" && ! directory_of "$pid" >/dev/null; then
    printf 'process %s is a PostgreSQL, and may be that of %s: it cannot be seen where it works\n' "$pid" "$DATA/postgres"
    return 1
  fi
  for ((tries = 0; tries < 50; ++tries)); do
    left=$(cluster_processes)
    [[ -n $left ]] || break
    sleep 0.1
  done
  if [[ -n $left ]]; then
    printf 'processes of a PostgreSQL that is gone still use %s: %s\n' "$DATA/postgres" "${left//$'\n'/ }"
    printf 'The data is as it was. End them with kill (never kill -9), then run this again.\n'
    return 1
  fi
  printf 'postmaster.pid names process %s, which is no PostgreSQL of this directory: moved to postmaster.pid.old\n' "$pid"
  as_owner mv -fT "$DATA/postgres/postmaster.pid" "$DATA/postgres/postmaster.pid.old"
}

cluster_start() {
  local action=start
  if cluster_pid >/dev/null; then
    # It made its socket when it was started: where that is gone, nobody reaches it.
    if [[ -S $(cluster_socket)/.s.PGSQL.$CLUSTER_PORT ]]; then return; fi
    printf 'PostgreSQL runs, but its socket is gone: it is started again\n'
    action=restart
  else
    cluster_forget_dead
  fi
  if ! cluster_control --log="$DATA/logs/postgres.log" "$action"; then
    as_owner tail -n 20 "$DATA/logs/postgres.log"
    return 1
  fi
}

cluster_stop() {
  cluster_pid >/dev/null || return 0
  cluster_control --mode=fast stop
}

# Runs the SQL of standard input as the administrator.
cluster_sql() {
  as_owner env PGOPTIONS='-c client_min_messages=warning' \
    "$(cluster_programs)/psql" --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 \
    "$(cluster_dsn "$1" "$CLUSTER_ADMINISTRATOR")"
}

# Databases and roles; what is there already stays.
cluster_databases() {
  local name
  for name in catalog progress; do
    cluster_sql postgres <<SQL
SELECT 'CREATE ROLE ${name}_owner NOLOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}_owner') \gexec
SELECT 'CREATE ROLE ${name}_service LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}_service') \gexec
SELECT 'CREATE DATABASE $name OWNER ${name}_owner TEMPLATE template0'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$name') \gexec
REVOKE ALL ON DATABASE $name FROM PUBLIC;
GRANT CONNECT ON DATABASE $name TO ${name}_service;
SQL
  done
  cluster_sql postgres <<<'REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;'
}

# cluster_migrate ADMIN: brings both databases to the schema that the program ADMIN (seisaku-admin) knows.
cluster_migrate() {
  local name
  for name in catalog progress; do
    as_owner "$1" migrate --dsn "$(cluster_dsn "$name" "$CLUSTER_ADMINISTRATOR")" \
      --owner "${name}_owner" --service-role "${name}_service"
  done
}
