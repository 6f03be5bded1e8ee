#!/usr/bin/env bash
# Sourced: who owns the data and runs the servers. PostgreSQL refuses to run as root, so for root that is a
# system user.

# Sets OWNER, and AS_OWNER, the command that turns into it; makes the system user USER where it is missing.
choose_owner() {
  local user=$1
  AS_OWNER=()
  if [[ $(id -u) != 0 ]]; then
    OWNER=$(id -un)
    return
  fi
  if ! id "$user" >/dev/null 2>&1; then
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$user"
  fi
  OWNER=$user
  AS_OWNER=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --init-groups --inh-caps=-all
    env -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u XDG_RUNTIME_DIR HOME=/nonexistent "USER=$user" "LOGNAME=$user")
}

# give PATH...: to the owner.
give() {
  if [[ ${#AS_OWNER[@]} == 0 ]]; then return; fi
  chown -R -h "$OWNER:$(id -gn "$OWNER")" "$@"
}
