"""Settings with which a client on grpcio loses no call when an Envoy comes, drains, dies or hangs."""

import json
import time

import grpc
import grpc.aio

# Takes turns among the Envoys, waits while none is there, and sends again what no server has answered.
# Name only methods that may be executed twice.
SERVICE_CONFIG = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "methodConfig": [
        {
            "name": [{"service": "greeter.v1.Greeter", "method": "SayHello"}],
            "waitForReady": True,
            "retryPolicy": {
                "maxAttempts": 5,
                "initialBackoff": "0.05s",
                "maxBackoff": "1s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ],
}

OPTIONS = [
    ("grpc.service_config", json.dumps(SERVICE_CONFIG)),
    # A connection that ends makes gRPC look up the name, but by default only once in 30 s.
    ("grpc.dns_min_time_between_resolutions_ms", 1000),
    # A dead Envoy's address is tried again after a second, not after up to two minutes.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
    # Finds an Envoy that hangs. Without the ping timeout (60 s by default) the two lines above it have no effect.
    ("grpc.keepalive_time_ms", 2000),
    ("grpc.keepalive_timeout_ms", 2000),
    ("grpc.http2.ping_timeout_ms", 2000),
    # Pings also while a call waits and nothing is sent.
    ("grpc.http2.max_pings_without_data", 0),
]

MAY_RUN_TWICE = {"/greeter.v1.Greeter/SayHello"}
BROKE = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL}


class SendAgain(grpc.aio.UnaryUnaryClientInterceptor):
    """Sends a call again that broke after its answer had begun, which the retryPolicy above may not."""

    async def intercept_unary_unary(self, continuation, client_call_details, request):
        method = client_call_details.method
        name = method.decode() if isinstance(method, bytes) else method
        details = client_call_details
        end = None if details.timeout is None else time.monotonic() + details.timeout
        for attempt in (1, 2, 3):
            if end is not None:
                details = details._replace(timeout=max(0, end - time.monotonic()))
            call = await continuation(details, request)
            code = await call.code()
            if code not in BROKE or name not in MAY_RUN_TWICE or attempt == 3:
                return call
