// The greeter on grpc-go, with the same environment as this project's own server (docs/settings.md), so that the manifests
// fit: GRPC_HOST, GRPC_PORT, METRICS_HOST, METRICS_PORT, POD_NAME, DRAIN_DELAY_MS, GRACE_MS. WORK_MS delays each answer.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	metrics "github.com/grpc-ecosystem/go-grpc-middleware/providers/prometheus"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	pb "example.com/servers/grpc-go/greeterpb"
)

type greeter struct {
	pb.UnimplementedGreeterServer
	pod  string
	work time.Duration
}

func (g *greeter) SayHello(ctx context.Context, request *pb.HelloRequest) (*pb.HelloReply, error) {
	name := request.GetName()
	if length := utf8.RuneCountInString(name); length < 1 || length > 256 {
		return nil, status.Errorf(codes.InvalidArgument, "name: expected 1-256 characters, got %d", length)
	}
	select {
	case <-time.After(g.work):
	case <-ctx.Done():
		return nil, status.FromContextError(ctx.Err()).Err()
	}
	message := fmt.Sprintf("Hello, %s! This message is from %s", name, g.pod)
	return &pb.HelloReply{Message: message, Pod: g.pod}, nil
}

func (g *greeter) Chat(stream grpc.BidiStreamingServer[pb.HelloRequest, pb.HelloReply]) error {
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		reply, err := g.SayHello(stream.Context(), request)
		if err != nil {
			return err
		}
		if err := stream.Send(reply); err != nil {
			return err
		}
	}
}

func main() {
	var problems []string
	number := func(name, fallback string) int {
		text := os.Getenv(name)
		if text == "" {
			text = fallback
		}
		value, err := strconv.Atoi(text)
		if err != nil || value < 0 {
			problems = append(problems, fmt.Sprintf("%s: expected a whole number from 0 on, got %q", name, text))
		}
		return value
	}
	milliseconds := func(name, fallback string) time.Duration {
		return time.Duration(number(name, fallback)) * time.Millisecond
	}
	address := net.JoinHostPort(os.Getenv("GRPC_HOST"), strconv.Itoa(number("GRPC_PORT", "50051")))
	metricsAddress := net.JoinHostPort(os.Getenv("METRICS_HOST"), strconv.Itoa(number("METRICS_PORT", "9464")))
	drainDelay, grace := milliseconds("DRAIN_DELAY_MS", "10000"), milliseconds("GRACE_MS", "10000")
	service := &greeter{pod: os.Getenv("POD_NAME"), work: milliseconds("WORK_MS", "0")}
	if len(problems) > 0 {
		fmt.Fprintln(os.Stderr, strings.Join(problems, "\n"))
		os.Exit(2)
	}
	if err := serve(service, address, metricsAddress, drainDelay, grace); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(service *greeter, address, metricsAddress string, drainDelay, grace time.Duration) error {
	counters := metrics.NewServerMetrics(metrics.WithServerHandlingTimeHistogram())
	prometheus.MustRegister(counters)
	server := grpc.NewServer(
		grpc.UnaryInterceptor(counters.UnaryServerInterceptor()),
		grpc.StreamInterceptor(counters.StreamServerInterceptor()),
	)
	pb.RegisterGreeterServer(server, service)
	healthServer := health.NewServer()
	// A name of its own, SERVING until the end: a draining pod must live.
	healthServer.SetServingStatus("liveness", healthpb.HealthCheckResponse_SERVING)
	healthpb.RegisterHealthServer(server, healthServer)
	counters.InitializeMetrics(server)
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	metricsListener, err := net.Listen("tcp", metricsAddress)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.Handler())
	go http.Serve(metricsListener, mux)
	stopping, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		<-stopping.Done()
		drain(server, healthServer, drainDelay, grace)
	}()
	if err := server.Serve(listener); err != nil {
		return err
	}
	<-drained
	return nil
}
