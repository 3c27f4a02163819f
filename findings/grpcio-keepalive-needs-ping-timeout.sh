#!/usr/bin/env bash
# grpcio 1.85.3 (Python; gRPC core) does not find a server that hangs by keepalive alone while calls are sent:
# grpc.keepalive_time_ms and grpc.keepalive_timeout_ms of 2 s each close no connection within 15 s. What decides is
# grpc.http2.ping_timeout_ms, 60 s by default. With it at 2 s the connection is closed after 2 to 4 s.
#
# Output seen (Python 3.11.7, grpcio 1.85.3):
#   keepalive alone: open after 15 s
#   with grpc.http2.ping_timeout_ms: closed
#
# Fails (exit 1) if that changes. Needs Python 3 with pip and venv.
set -Eeuo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install grpcio==1.85.3

cat >server.py <<'PY'
import threading
from concurrent import futures

import grpc

server = grpc.server(futures.ThreadPoolExecutor(2))
echo = grpc.unary_unary_rpc_method_handler(lambda request, context: request)
server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("example.Example", {"Echo": echo})])
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
threading.Event().wait()
PY

cat >client.py <<'PY'
import signal
import subprocess
import sys
import time

import grpc

KEEPALIVE = [("grpc.keepalive_time_ms", 2000), ("grpc.keepalive_timeout_ms", 2000)]
PING_TIMEOUT = [("grpc.http2.ping_timeout_ms", 2000)]


def state_after_hang(options):
    server = subprocess.Popen([sys.executable, "server.py"], stdout=subprocess.PIPE, text=True)
    try:
        port = server.stdout.readline().strip()
        with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
            echo = channel.unary_unary("/example.Example/Echo")
            echo(b"hello", timeout=10)
            server.send_signal(signal.SIGSTOP)
            began, calls = time.monotonic(), []
            while time.monotonic() - began < 15:
                calls.append(echo.future(b"hello", timeout=30))
                time.sleep(0.2)
                if any(call.done() and call.code() == grpc.StatusCode.UNAVAILABLE for call in calls):
                    return "closed"
            return "open after 15 s"
    finally:
        server.kill()
        server.wait()


print(f"keepalive alone: {state_after_hang(KEEPALIVE)}")
print(f"with grpc.http2.ping_timeout_ms: {state_after_hang(KEEPALIVE + PING_TIMEOUT)}")
PY

expected='keepalive alone: open after 15 s
with grpc.http2.ping_timeout_ms: closed'
seen=$(venv/bin/python client.py)
printf '%s\n' "$seen"
if [[ "$seen" != "$expected" ]]; then
  printf 'this has changed; expected:\n%s\n' "$expected" >&2
  exit 1
fi
