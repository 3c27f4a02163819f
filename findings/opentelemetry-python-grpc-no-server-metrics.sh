#!/usr/bin/env bash
# opentelemetry-instrumentation-grpc 0.66b2 for Python instruments servers with spans alone. With a meter provider set, as the
# instrumentations of HTTP servers need it for their duration histogram, a gRPC server that answered three calls has no
# metric at all: nothing to scale by.
#
# Output seen (Python 3.11.7, grpcio 1.85.3):
#   spans: 3
#   metrics: none
#
# Fails (exit 1) if that changes. Needs Python 3 with pip and venv.
set -Eeuo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install \
  grpcio==1.85.3 opentelemetry-sdk==1.45.2 opentelemetry-instrumentation-grpc==0.66b2

cat >server.py <<'PY'
from concurrent import futures

import grpc
from opentelemetry import metrics, trace
from opentelemetry.instrumentation.grpc import GrpcInstrumentorServer
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

reader, spans = InMemoryMetricReader(), InMemorySpanExporter()
metrics.set_meter_provider(MeterProvider(metric_readers=[reader]))
trace.set_tracer_provider(TracerProvider())
trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(spans))
GrpcInstrumentorServer().instrument()

server = grpc.server(futures.ThreadPoolExecutor(2))
echo = grpc.unary_unary_rpc_method_handler(lambda request, context: request)
server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("example.Example", {"Echo": echo})])
port = server.add_insecure_port("127.0.0.1:0")
server.start()
with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
    for _ in range(3):
        channel.unary_unary("/example.Example/Echo")(b"hello")
server.stop(5).wait()

data = reader.get_metrics_data()
names = [m.name for r in data.resource_metrics for s in r.scope_metrics for m in s.metrics] if data else []
print(f"spans: {len(spans.get_finished_spans())}")
print(f"metrics: {', '.join(names) or 'none'}")
PY

expected='spans: 3
metrics: none'
seen=$(venv/bin/python server.py)
printf '%s\n' "$seen"
if [[ "$seen" != "$expected" ]]; then
  printf 'this has changed; expected:\n%s\n' "$expected" >&2
  exit 1
fi
