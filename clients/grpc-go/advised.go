package main

import (
	"context"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/resolver/dns"
	"google.golang.org/grpc/status"
)

// serviceConfig takes turns among the Envoys, waits while none is there, and sends again what no server has answered.
// Name only methods that may be executed twice.
const serviceConfig = `{
  "loadBalancingConfig": [{ "round_robin": {} }],
  "methodConfig": [{
    "name": [{ "service": "greeter.v1.Greeter", "method": "SayHello" }],
    "waitForReady": true,
    "retryPolicy": {
      "maxAttempts": 5, "initialBackoff": "0.05s", "maxBackoff": "1s", "backoffMultiplier": 2,
      "retryableStatusCodes": ["UNAVAILABLE"]
    }
  }]
}`

func advised() []grpc.DialOption {
	// A connection that ends makes grpc-go look up the name, but by default only once in 30 s.
	dns.SetMinResolutionInterval(time.Second)
	return []grpc.DialOption{
		grpc.WithDefaultServiceConfig(serviceConfig),
		// A dead Envoy's address is tried again after a second, not after up to two minutes.
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: time.Second},
			MinConnectTimeout: time.Second,
		}),
		// Finds an Envoy that hangs. grpc-go takes no Time below 10 s.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 2 * time.Second}),
		grpc.WithUnaryInterceptor(sendAgain),
	}
}

// mayRunTwice holds methods whose second execution does no harm.
var mayRunTwice = map[string]bool{"/greeter.v1.Greeter/SayHello": true}

// sendAgain sends a call again that broke after its answer had begun, which the retryPolicy above may not.
func sendAgain(ctx context.Context, method string, request, reply any, connection *grpc.ClientConn,
	invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	for attempt := 1; ; attempt++ {
		err := invoke(ctx, method, request, reply, connection, options...)
		code := status.Code(err)
		broke := code == codes.Unavailable || code == codes.Internal
		if !broke || attempt == 3 || !mayRunTwice[method] || ctx.Err() != nil {
			return err
		}
	}
}
