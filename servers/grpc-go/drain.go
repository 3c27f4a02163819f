package main

import (
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

// drain ends the server without losing a call: Envoy hears that it is leaving while calls are still answered, and only
// when no Envoy sends any does the port close.
func drain(server *grpc.Server, healthServer *health.Server, delay, grace time.Duration) {
	healthServer.SetServingStatus("", healthpb.HealthCheckResponse_NOT_SERVING)
	// Every Envoy has noticed after 1 to 3 s.
	time.Sleep(delay)
	// Streams may never end by themselves.
	force := time.AfterFunc(grace, server.Stop)
	defer force.Stop()
	server.GracefulStop()
}
