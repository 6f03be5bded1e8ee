#!/usr/bin/env bash
# Sourced: who owns the data and runs the servers. PostgreSQL refuses to run as root, so for root that is a
# system user; and in a folder of that user's, or of anybody else's, root does nothing but as that user: where a
# file was a link may stand that leads anywhere.

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

as_owner() { (cd / && ${AS_OWNER[@]+"${AS_OWNER[@]}"} "$@"); }

# Prints a file of the owner's, and nothing where there is none: as root a link would be read that leads to what is
# none of the owner's business.
read_owned() { as_owner cat -- "$1" 2>/dev/null || true; }

# Prints the nearest folder, from $1 upwards, in which somebody else than root may put links; fails for none.
# Whoever is not root has only their own rights, and so no such folder.
folder_of_others() {
  local folder=$1 uid mode
  [[ $(id -u) == 0 ]] || return 1
  while true; do
    if [[ -e $folder ]]; then
      read -r uid mode < <(stat -L -c '%u %a' -- "$folder")
      # In a sticky one (/tmp) what is root's stays.
      if [[ $uid != 0 ]] || { ((8#$mode & 8#022)) && ! ((8#$mode & 8#1000)); }; then
        printf '%s\n' "$folder"
        return
      fi
    fi
    [[ $folder != / ]] || return 1
    folder=${folder%/*}
    folder=${folder:-/}
  done
}

# in_folder FOLDER COMMAND...: as root in a folder of root's, else as the owner.
in_folder() {
  local folder=$1
  shift
  if [[ $(stat -c %u -- "$folder") == "$(id -u)" ]]; then "$@"; else as_owner "$@"; fi
}

# write_file FILE: replaces it, whole, by standard input. A link is replaced, not followed.
# shellcheck disable=SC2016 # $1 is the inner shell's
write_file() {
  in_folder "${1%/*}" sh -c 'rm -f -- "$1.new" && cat >"$1.new" && mv -fT -- "$1.new" "$1"' sh "$1"
}

# owner_folder FOLDER...: makes each where it is missing, and the owner's.
owner_folder() {
  local folder
  for folder in "$@"; do
    if [[ -L $folder && $(stat -c %u -- "$folder") != "$(id -u)" ]]; then
      echo "$folder is a link of another user's; remove it" >&2
      return 1
    fi
    in_folder "${folder%/*}" mkdir -p -- "$folder"
    if [[ ${#AS_OWNER[@]} != 0 && $(stat -c %u -- "${folder%/*}") == 0 ]]; then
      chown -h "$OWNER:$(id -gn "$OWNER")" "$folder"
    fi
  done
}
