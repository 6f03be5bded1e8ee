#!/usr/bin/env bash
# Sourced: numbered steps with their time. What a step prints goes to its log; what the reader sees goes to file
# descriptor 3. A step that fails ends the script and says what to do next. Needs LOGS_OF_STEPS.

STEP_COUNT=0
STEP_NUMBER=0
STEP_NAME=
STEP_ADVICE=
STEP_LOG=
STEP_RESULT= # what a step has to say in a few words; set by it

say() { printf '%s\n' "$*" >&3; }

seconds_since() {
  local microseconds=$((${EPOCHREALTIME/./} - $1))
  printf '%d.%d s' $((microseconds / 1000000)) $((microseconds / 100000 % 10))
}

# step NAME ADVICE FUNCTION: ADVICE is what to do where it fails.
step() {
  local started=${EPOCHREALTIME/./}
  STEP_NUMBER=$((STEP_NUMBER + 1))
  STEP_NAME=$1 STEP_ADVICE=$2 STEP_RESULT=
  STEP_LOG=$LOGS_OF_STEPS/$(printf '%02d-%s.log' "$STEP_NUMBER" "${STEP_NAME// /-}")
  printf '[%2d/%d] %-26s ' "$STEP_NUMBER" "$STEP_COUNT" "$STEP_NAME" >&3
  "$3" >"$STEP_LOG" 2>&1
  printf '%7s  %s\n' "$(seconds_since "$started")" "$STEP_RESULT" >&3
  STEP_NAME=
}

# To be the EXIT trap.
explain_failure() {
  local code=$?
  [[ $code != 0 && -n $STEP_NAME ]] || return 0
  {
    printf 'FAILED\n\nStep "%s" failed (exit code %d). ' "$STEP_NAME" "$code"
    printf 'The end of its log:\n\n'
    tail -n 25 "$STEP_LOG" | sed 's/^/    /'
    printf '\nWhole log:  %s\nWhat to do: %s\n' "$STEP_LOG" "$STEP_ADVICE"
    printf 'Then run this again: what is done stays done.\n'
  } >&4
}

# Shows how far ninja is, from its lines "[n/m] …" on standard input, which it hands on. On a terminal one
# line that moves, else one line for every fifth of the way. awk would begin a file anew where descriptor 3 is one.
ninja_progress() {
  local terminal=0
  if [[ -t 3 ]]; then terminal=1; fi
  awk -v terminal="$terminal" '
    { print; fflush() }
    match($0, /^\[[0-9]+\/[0-9]+\]/) {
      split(substr($0, 2, RLENGTH - 2), at, "/")
      if (at[2] < 20) next
      if (terminal) {
        text = at[1] "/" at[2]
        printf "%s", text | "cat >&3"
        gsub(/./, "\b", text)
        printf "%s", text | "cat >&3"
      } else if (int(at[1] * 5 / at[2]) > shown) {
        shown = int(at[1] * 5 / at[2])
        printf "%d%% ", shown * 20 | "cat >&3"
      }
      fflush("cat >&3")
    }'
}
