#!/usr/bin/env bash
# shellcheck disable=SC2034 # STEP_RESULT is read by steps.bash
# Sourced: puts the city's two documents in, through policyctl as any user would. Needs SAMPLE, BUILT (where
# policyctl is), DATA and LANGUAGE_OF_USER.

policyctl() { "$BUILT/policyctl" --lang "$LANGUAGE_OF_USER" --profiles "$DATA/profiles.toml" "$@"; }

create_plans() {
  local plan known made=()
  known=$(policyctl -o json plan list)
  for plan in manifesto strategy; do
    if grep -qF "\"plans/$plan\"" <<<"$known"; then continue; fi
    policyctl plan create "$plan" --file "$SAMPLE/$plan.toml"
    made+=("$plan")
  done
  STEP_RESULT="${made[*]:-there already}"
}

# The same file again changes nothing. Figures that were corrected by hand since are a conflict (exit code 5):
# they are left alone, and that is no failure here.
import() {
  local code=0
  policyctl import "$@" || code=$?
  [[ $code == 0 || $code == 5 ]] || return "$code"
  if [[ $code == 5 ]]; then STEP_RESULT='figures corrected by hand were left alone'; fi
}

import_documents() {
  STEP_RESULT='manifesto, progress sheet'
  import manifesto "$SAMPLE/manifesto.txt" --plan manifesto
  import progress-sheet "$SAMPLE/progress-sheet.txt" --plan strategy --confirm "$SAMPLE/strategy.confirm.toml"
}

show_sheet() {
  policyctl sheet --plan strategy --fiscal-year 2022
  printf '\n'
  policyctl summary --plan strategy --fiscal-year 2022
}
