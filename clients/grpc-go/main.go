// A greeter client on grpc-go in an open loop. Writes one line of JSON for each call to standard output, as the ledger of
// this project's own client: client/ledger.ts.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	pb "example.com/clients/grpc-go/greeterpb"
)

type entry struct {
	Seq        int     `json:"seq"`
	IntendedMs float64 `json:"intendedMs"`
	SentMs     float64 `json:"sentMs"`
	LatencyMs  float64 `json:"latencyMs"`
	Code       string  `json:"code"`
	Pod        string  `json:"pod"`
	Via        string  `json:"via"`
	Attempts   int     `json:"attempts"`
}

func main() {
	target := flag.String("target", "", "whom to call, as gRPC names it: dns:///HOST:PORT")
	rate := flag.Float64("rate", 10, "calls per second")
	deadline := flag.Duration("deadline", 5*time.Second, "time that a call may take in all")
	settings := flag.String("settings", "advised", "defaults or advised")
	flag.Parse()
	options := []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}
	var problems []string
	if *target == "" {
		problems = append(problems, `-target: expected HOST:PORT or dns:///HOST:PORT, got ""`)
	}
	if !(*rate > 0) {
		problems = append(problems, fmt.Sprintf("-rate: expected more than 0 calls per second, got %v", *rate))
	}
	if *deadline <= 0 {
		problems = append(problems, fmt.Sprintf("-deadline: expected more than 0s, got %v", *deadline))
	}
	switch *settings {
	case "defaults":
	case "advised":
		options = append(options, advised()...)
	default:
		problems = append(problems, fmt.Sprintf("-settings: expected defaults or advised, got %q", *settings))
	}
	if len(problems) > 0 || flag.NArg() > 0 {
		if flag.NArg() > 0 {
			problems = append(problems, fmt.Sprintf("expected options only, got %q", flag.Args()))
		}
		fmt.Fprintln(os.Stderr, strings.Join(problems, "\n"))
		os.Exit(2)
	}
	connection, err := grpc.NewClient(*target, options...)
	if err != nil {
		fmt.Fprintf(os.Stderr, "-target: %v\n", err)
		os.Exit(2)
	}
	stopping, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	callAll(stopping, pb.NewGreeterClient(connection), *rate, *deadline)
	connection.Close()
}

// Each call is sent when it is due, whether or not earlier ones have ended.
func callAll(stopping context.Context, greeter pb.GreeterClient, rate float64, deadline time.Duration) {
	var calls sync.WaitGroup
	lines := make(chan entry, 1024)
	written := make(chan struct{})
	go func() {
		defer close(written)
		ledger := json.NewEncoder(os.Stdout)
		for line := range lines {
			if ledger.Encode(line) != nil {
				os.Exit(1)
			}
		}
	}()
	start := time.Now()
	for seq := 1; ; seq++ {
		due := start.Add(time.Duration(float64(seq-1) / rate * float64(time.Second)))
		select {
		case <-stopping.Done():
			calls.Wait()
			close(lines)
			<-written
			return
		case <-time.After(time.Until(due)):
		}
		calls.Add(1)
		go func() {
			defer calls.Done()
			lines <- call(greeter, seq, due, deadline)
		}()
	}
}

func call(greeter pb.GreeterClient, seq int, due time.Time, deadline time.Duration) entry {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	var header metadata.MD
	sent := time.Now()
	reply, err := greeter.SayHello(ctx, &pb.HelloRequest{Name: "world", Client: os.Getenv("POD_NAME")}, grpc.Header(&header))
	line := entry{Seq: seq, IntendedMs: epochMs(due), SentMs: epochMs(sent), Pod: reply.GetPod()}
	line.LatencyMs = float64(time.Since(sent).Microseconds()) / 1000
	line.Code = codeName(status.Code(err).String())
	line.Via = strings.Join(header.Get("x-envoy-pod"), "")
	line.Attempts, _ = strconv.Atoi(strings.Join(header.Get("x-envoy-attempt-count"), ""))
	if err != nil {
		fmt.Fprintf(os.Stderr, "call %d: %v\n", seq, err)
	}
	return line
}

func epochMs(at time.Time) float64 { return float64(at.UnixMicro()) / 1000 }

// codeName turns DeadlineExceeded into DEADLINE_EXCEEDED.
func codeName(code string) string {
	var name strings.Builder
	for i, letter := range code {
		if i > 0 && letter >= 'A' && letter <= 'Z' && code != "OK" {
			name.WriteByte('_')
		}
		name.WriteString(strings.ToUpper(string(letter)))
	}
	return name.String()
}
