#!/usr/bin/env bash
# Sourced: one profile of policyctl per role. Needs DATA, RUN and CERTIFIED_ROLES.

# $1 as a TOML string.
toml_string() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

# Addresses are read from the services' files, so a profile outlives a change of port.
print_profiles() {
  local role
  printf '# Written by deploy/quickstart. One profile per role: policyctl --profile ROLE …\n'
  printf 'default = "planner"\n'
  for role in "${CERTIFIED_ROLES[@]}"; do
    printf '\n[profiles.%s]\n' "$role"
    printf 'catalog_address_file = %s\n' "$(toml_string "$RUN/catalog.address")"
    printf 'progress_address_file = %s\n' "$(toml_string "$RUN/progress.address")"
    printf 'certificate = %s\n' "$(toml_string "$DATA/certificates/$role.crt")"
    printf 'key = %s\n' "$(toml_string "$DATA/certificates/$role.key")"
    printf 'ca = %s\n' "$(toml_string "$DATA/certificates/ca.crt")"
    printf 'plan = "strategy"\n'
  done
}

user_profiles() { printf '%s/seisaku/profiles.toml\n' "${XDG_CONFIG_HOME:-$HOME/.config}"; }

# Makes the profiles the user's own where the user has none; a link that leads nowhere counts as none. Root may
# have the home of another user: that one's stays as it is.
link_profiles() {
  local mine
  mine=$(user_profiles)
  if [[ $(readlink "$mine" 2>/dev/null) == "$DATA/profiles.toml" ]]; then return; fi
  if [[ -e $mine ]] || folder_of_others "${mine%/*}" >/dev/null; then return 1; fi
  mkdir -p "${mine%/*}"
  ln -sfn "$DATA/profiles.toml" "$mine"
}

unlink_profiles() {
  local mine
  mine=$(user_profiles)
  if folder_of_others "${mine%/*}" >/dev/null; then return; fi
  if [[ $(readlink "$mine" 2>/dev/null) == "$DATA/profiles.toml" ]]; then rm -f "$mine"; fi
}
