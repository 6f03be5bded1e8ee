#!/usr/bin/env bash
# Sourced: processes that outlive the script that starts them. Each is known by RUN/NAME.pid, which holds its
# process id and the time it was started at, so that an id that was given to another process since is not
# taken for it. They are the data owner's, and so is what they may make this script end. Needs RUN and owner.bash.

# The start time of process $1 in clock ticks since boot; fails for none and for one that only waits to be
# collected.
start_time_of() {
  local stat fields
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
  read -r -a fields <<<"${stat##*) }" # what follows the program's name, which may hold anything
  [[ ${fields[0]} != Z ]] || return 1
  printf '%s\n' "${fields[19]}"
}

# Prints the process id of NAME while it runs; fails otherwise.
running_pid() {
  local pid started
  [[ -r $RUN/$1.pid ]] || return 1
  read -r pid started <"$RUN/$1.pid" || return 1
  [[ $pid =~ ^[0-9]+$ ]] || return 1
  [[ $(start_time_of "$pid") == "$started" ]] || return 1
  printf '%s\n' "$pid"
}

is_stopped() { ! running_pid "$1" >/dev/null; }

# wait_until SECONDS COMMAND...: polls until the command succeeds; fails when the time is over.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.05
  done
}

# launch NAME LOG COMMAND...: starts it in a session of its own, as the owner, with nothing of ours open. Where it
# cannot be noted (a full disk) it is ended again: nobody would know it.
# shellcheck disable=SC2016 # $1 and $@ are the inner shell's
launch() {
  local name=$1 log=$2
  shift 2
  (cd / && exec setsid ${AS_OWNER[@]+"${AS_OWNER[@]}"} sh -c 'log=$1 && shift && exec "$@" >>"$log" 2>&1' sh "$log" "$@") \
    >/dev/null 2>&1 </dev/null 3>&- 4>&- 9>&- &
  local pid=$!
  if ! printf '%s %s\n' "$pid" "$(start_time_of "$pid" || echo gone)" | write_file "$RUN/$name.pid"; then
    as_owner kill -KILL "$pid" || true
    return 1
  fi
}

# terminate NAME: asks it to end, makes it after half a minute.
terminate() {
  local name=$1 pid
  if pid=$(running_pid "$name"); then
    as_owner kill -TERM "$pid"
    wait_until 30 is_stopped "$name" || as_owner kill -KILL "$pid"
    wait_until 10 is_stopped "$name" || return 1
  fi
  as_owner rm -f "$RUN/$name.pid"
}
