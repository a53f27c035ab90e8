#!/usr/bin/env bash
# /v1/check and /v1/track over HTTP against the real server, next to the HTTP layer alone, in one run.
#
#   bench/http.sh [--connections N] [--seconds S] [--customers N] [--log embedded|kafka --kafka-brokers LIST]
#
# Prints requests/s, p50 and p99 of the closed loop, and the server's CPU time per request. A tracked event is durable and
# folded when it is answered. The ceiling is a server whose handler reads the same body and answers a constant.
set -euo pipefail
cd "$(dirname "$0")/.."

connections=64 seconds=5 customers=1000 extra=()
while [ $# -gt 0 ]; do
    case $1 in
        --connections) connections=$2 ;;
        --seconds) seconds=$2 ;;
        --customers) customers=$2 ;;
        --log | --kafka-brokers) extra+=("$1" "$2") ;;
        *) echo "unknown option $1" >&2; exit 2 ;;
    esac
    shift 2
done

bin=build/release
data=$(mktemp -d)
key=sk_bench_0123456789abcdef
port=$((20000 + RANDOM % 20000))
url=http://127.0.0.1:$port
QUIPU_ROOT_KEY=$key $bin/quipu serve --data "$data" --listen 127.0.0.1:$port --admin-listen 127.0.0.1:$((port + 1)) \
    --topic-prefix "bench$port" "${extra[@]}" 2> "$data/server.log" &
server=$!
trap 'kill $server 2> /dev/null; wait $server 2> /dev/null || true; rm -rf "$data"' EXIT
until curl -sf -o /dev/null "http://127.0.0.1:$((port + 1))/readyz"; do
    kill -0 $server 2> /dev/null || { cat "$data/server.log" >&2; exit 1; }
    sleep 0.1
done

post() { curl -sf -o /dev/null -H "Authorization: Bearer $key" -H 'Content-Type: application/json' -d "$2" "$url$1"; }
$bin/quipu catalog publish docs/examples/catalog.json --url "$url" --key $key > /dev/null
for n in $(seq 0 $((customers - 1))); do
    post /v1/customers "{\"email\":\"c$n@example.com\",\"id\":\"c$n\"}"
    post /v1/attach "{\"customer\":\"c$n\",\"product\":\"pro\"}"
done

ticks() { awk '{print $14 + $15}' /proc/$server/stat; }
hertz=$(getconf CLK_TCK)
measure() {
    local name=$1 path=$2 body=$3 before after output requests
    before=$(ticks)
    output=$($bin/bench/quipu_http_load --port "$port" --path "$path" --connections "$connections" --seconds "$seconds" \
        --header "Authorization: Bearer $key" --header 'Content-Type: application/json' --body "$body")
    after=$(ticks)
    requests=$(awk '{print $1}' <<< "$output")
    printf '%-16s %s' "$name" "$output"
    awk -v t=$((after - before)) -v hz="$hertz" -v rate="${requests//,/}" -v s="$seconds" \
        'BEGIN { printf "   server %.1f us CPU/request\n", t / hz * 1e6 / (rate * (s + 0.5)) }'
}

echo "ceiling (HTTP and JSON only, no ledger):"
$bin/bench/http_ceiling --mode json --connections "$connections" --seconds "$seconds"
measure "/v1/check" /v1/check "{\"customer\":\"c{n%$customers}\",\"feature\":\"api-calls\"}"
measure "/v1/track" /v1/track "{\"customer\":\"c{n%$customers}\",\"feature\":\"api-calls\",\"value\":1,\"id\":\"$port-{n}\"}"
