#!/usr/bin/env bash
# Sourced: the two services as processes beside the cluster. Needs DATA, RUN, LOGS, CHECKPOINTS, PROGRAMS (where
# the programs are installed), CITY, LANGUAGE_OF_USER (for words) and what process.bash and
# cluster.bash need.

declare -A PREFERRED_PORT=([catalog]=7443 [progress]=7444)

# For trying out: an auditor's own key is nowhere near the services. The public keys of others are the files
# keys/cosigners/*.vkey.
cosigner_name() { printf '%s.example/auditor\n' "$CITY"; }

log_origin() { printf '%s.example/%s\n' "$CITY" "$1"; }

# Sets SERVICE_COMMAND to the service's program with its options, but where it listens.
service_command() {
  local name=$1
  SERVICE_COMMAND=("$PROGRAMS/seisaku-$name"
    --address-file "$RUN/$name.address"
    --metrics-address-file "$RUN/$name.metrics"
    --dsn "$(cluster_dsn "$name" "${name}_service")"
    --certificate "$DATA/certificates/$name.crt"
    --key "$DATA/certificates/$name.key"
    --ca "$DATA/certificates/ca.crt"
    --origin "$(log_origin "$name")"
    --log-key "$DATA/keys/$name.key"
    --cosigner-vkey "$DATA/keys/auditor.key.vkey"
    --checkpoint-file "$CHECKPOINTS/$name")
  local vkey
  for vkey in "$DATA"/keys/cosigners/*.vkey; do
    if [[ -e $vkey ]]; then SERVICE_COMMAND+=(--cosigner-vkey "$vkey"); fi
  done
  if [[ $name == progress ]]; then
    SERVICE_COMMAND+=(--catalog "$(service_address catalog)"
      --catalog-vkey "$DATA/keys/catalog.key.vkey"
      --catalog-origin "$(log_origin catalog)")
  fi
}

# What a running service was started with; where it is not what it would be started with now, it is started
# again. Certificates are not in it: the service reads them again itself.
service_stamp() {
  printf '%s\n' "${SERVICE_COMMAND[@]}" |
    sha256sum - "${SERVICE_COMMAND[0]}" "$DATA/keys/$1.key" "$DATA/keys/auditor.key.vkey"
}

service_address() { as_owner cat "$RUN/$1.address"; }

# The port that it had last time, so that who knows its address finds it again, else the usual one.
service_port() {
  local last
  last=$(read_owned "$RUN/$1.port")
  printf '%s\n' "${last:-${PREFERRED_PORT[$1]}}"
}

settled() { [[ -s $RUN/$1.address ]] || is_stopped "$1"; }

# launch_service NAME PORT: returns when it takes calls; fails when it ends or says nothing for a minute.
launch_service() {
  local name=$1 port=$2
  as_owner rm -f "$RUN/$name.address"
  launch "$name" "$LOGS/$name.log" "${SERVICE_COMMAND[@]}" --listen "127.0.0.1:$port" || return 1
  wait_until 60 settled "$name" && [[ -s $RUN/$name.address ]]
}

# Where NAME did not start because nothing vouches for its log's last entries: how to look at them.
explain_unsealed() {
  local name=$1
  as_owner tail -n 15 "$LOGS/$name.log" | grep -q LOG_UNSEALED || return 0
  printf '\nThe log has entries from before it was sealed, and nothing shows who wrote them. To list them:\n '
  printf ' %q' ${AS_OWNER[@]+"${AS_OWNER[@]}"} "$PROGRAMS/seisaku-admin" seal --database "$(cluster_dsn "$name" "${name}_service")" \
    --log-key "$DATA/keys/$name.key" --checkpoint-file "$CHECKPOINTS/$name" --reason WHY
  printf '\nTo accept them, add what it prints at its end, and say why in the place of WHY. See deploy/runbooks/sealed-head.md.\n'
}

# Starts NAME where it does not run as it should.
start_service() {
  local name=$1 stamp
  service_command "$name"
  stamp=$(service_stamp "$name")
  if ! is_stopped "$name"; then
    if [[ $(read_owned "$RUN/$name.stamp") == "$stamp" ]]; then return; fi
    terminate "$name"
  fi
  if ! launch_service "$name" "$(service_port "$name")"; then
    # Most likely another program has the port; any other trouble shows again.
    terminate "$name"
    if ! launch_service "$name" 0; then
      terminate "$name" || true
      as_owner rm -f "$RUN/$name.address"
      printf 'seisaku-%s did not start. The end of %s:\n' "$name" "$LOGS/$name.log"
      as_owner tail -n 15 "$LOGS/$name.log" || true
      explain_unsealed "$name"
      return 1
    fi
  fi
  local address
  address=$(service_address "$name")
  printf '%s\n' "${address##*:}" | write_file "$RUN/$name.port"
  printf '%s\n' "$stamp" | write_file "$RUN/$name.stamp"
}

# Why NAME does not serve, as its own log last told of it: the reason of the error. Nothing where it serves, was
# stopped, or has not come so far.
service_trouble() {
  local line start='^\{"time":"[^"]*","level":"[a-z]*","message":'
  line=$(as_owner grep -E "$start"'"(serving|ready again|stopping|not ready|cannot serve|cannot open the log yet)"' \
    "$LOGS/$1.log" 2>/dev/null | tail -n 1) || return 0
  [[ $line =~ \"message\":\"(not\ ready|cannot) ]] || return 0
  if [[ $line =~ \"reason\":\"([A-Z_]+)\" ]]; then echo "${BASH_REMATCH[1]}"; else echo UNKNOWN; fi
}

# What a reason of service_trouble means, in a sentence.
trouble_in_words() {
  local en ja
  case $1 in
    LOG_CORRUPT)
      en='its log is not what was committed: change nothing, keep everything; deploy/runbooks/sealed-head.md'
      ja='ログが記録されたとおりではありません。何も変更せず、すべて保全してください（deploy/runbooks/sealed-head.md）' ;;
    LOG_ROLLED_BACK)
      en='its log is older than what was signed: an older copy was restored; deploy/runbooks/restored-log.md'
      ja='ログが署名済みの内容より古くなっています。古いバックアップが復元されています（deploy/runbooks/restored-log.md）' ;;
    LOG_FORK)
      en='its log is another history than what was signed: change nothing; deploy/runbooks/restored-log.md'
      ja='ログが署名済みの内容と別の履歴です。何も変更しないでください（deploy/runbooks/restored-log.md）' ;;
    LOG_UNSEALED)
      en='its log has entries that no seal vouches for: look at them first; deploy/runbooks/sealed-head.md'
      ja='封印で裏付けられない記録があります。まず内容を確かめてください（deploy/runbooks/sealed-head.md）' ;;
    CATALOG_FORK)
      en='catalog tells it another history than before: change nothing, call the auditor'
      ja='catalog の履歴が以前と異なります。何も変更せず、監査担当に連絡してください' ;;
    LOG_KEY_NOT_CURRENT)
      en='the log names another key than the service was given; deploy/runbooks/log-key.md'
      ja='サービスの鍵が、ログの現在の鍵と異なります（deploy/runbooks/log-key.md）' ;;
    PROTECTION_MISSING)
      en='the database does not keep the log append-only: the log says what is missing'
      ja='データベースで、ログを追記だけにする保護が外れています（詳細はサービスのログ）' ;;
    *)
      en='the log says more'
      ja='詳細はサービスのログにあります' ;;
  esac
  if [[ $LANGUAGE_OF_USER == ja ]]; then echo "$ja"; else echo "$en"; fi
}

stop_service() {
  terminate "$1"
  as_owner rm -f "$RUN/$1.address"
}
