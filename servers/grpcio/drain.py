"""How a server on grpcio ends."""

import time

from grpc_health.v1 import health_pb2


def drain(server, health_servicer, delay_seconds, grace_seconds):
    """Ends the server without losing a call.

    Envoy hears that it is leaving while calls are still answered, and only when no Envoy sends any does the port close.
    """
    health_servicer.set("", health_pb2.HealthCheckResponse.NOT_SERVING)
    # Every Envoy has noticed after 1 to 3 s.
    time.sleep(delay_seconds)
    # Refuses new calls, and cuts those that are left after the grace period: streams may never end by themselves.
    server.stop(grace_seconds).wait()
