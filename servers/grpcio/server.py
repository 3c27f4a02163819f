"""The greeter on grpcio, with the same environment as this project's own server (docs/settings.md).

So the manifests fit: GRPC_HOST, GRPC_PORT, METRICS_HOST, METRICS_PORT, POD_NAME, DRAIN_DELAY_MS, GRACE_MS. WORK_MS delays
each answer.
"""

import os
import signal
import sys
import threading
import time
from concurrent import futures

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from prometheus_client import start_http_server
from py_grpc_prometheus.prometheus_server_interceptor import PromServerInterceptor

import greeter_pb2
import greeter_pb2_grpc
from drain import drain

# A stream holds a thread as long as it is open, and a health check needs one too.
THREADS = 200


class Greeter(greeter_pb2_grpc.GreeterServicer):
    def __init__(self, pod, work_seconds):
        self.pod = pod
        self.work_seconds = work_seconds

    def SayHello(self, request, context):
        length = len(request.name)
        if not 1 <= length <= 256:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"name: expected 1-256 characters, got {length}")
        time.sleep(self.work_seconds)
        message = f"Hello, {request.name}! This message is from {self.pod}"
        return greeter_pb2.HelloReply(message=message, pod=self.pod)

    def Chat(self, request_iterator, context):
        for request in request_iterator:
            yield self.SayHello(request, context)


def read_settings(env):
    numbers = {
        "GRPC_PORT": 50051,
        "METRICS_PORT": 9464,
        "DRAIN_DELAY_MS": 10_000,
        "GRACE_MS": 10_000,
        "WORK_MS": 0,
    }
    settings, problems = {}, []
    for name, fallback in numbers.items():
        text = env.get(name) or str(fallback)
        if text.isdecimal():
            settings[name] = int(text)
        else:
            problems.append(f'{name}: expected a whole number from 0 on, got "{text}"')
    if problems:
        print("\n".join(problems), file=sys.stderr)
        sys.exit(2)
    return settings


def main(env):
    settings = read_settings(env)
    options = [
        # Without this a second server could listen on the same port, and the kernel would share out connections.
        ("grpc.so_reuseport", 0),
    ]
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=THREADS),
        interceptors=[PromServerInterceptor(enable_handling_time_histogram=True)],
        options=options,
    )
    greeter = Greeter(env.get("POD_NAME", ""), settings["WORK_MS"] / 1000)
    greeter_pb2_grpc.add_GreeterServicer_to_server(greeter, server)
    health_servicer = health.HealthServicer()
    # A name of its own, SERVING until the end: a draining pod must live.
    for name in ("", "liveness"):
        health_servicer.set(name, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    try:
        server.add_insecure_port(f"{env.get('GRPC_HOST') or '0.0.0.0'}:{settings['GRPC_PORT']}")
        start_http_server(settings["METRICS_PORT"], env.get("METRICS_HOST") or "0.0.0.0")
    except (RuntimeError, OSError) as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    server.start()
    stopping.wait()
    drain(server, health_servicer, settings["DRAIN_DELAY_MS"] / 1000, settings["GRACE_MS"] / 1000)


if __name__ == "__main__":
    main(os.environ)
