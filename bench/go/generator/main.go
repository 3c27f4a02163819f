// The load of the benchmark: unary gRPC calls over HTTP/2 without TLS, at a fixed rate (an open loop: a call is due at its
// time whether or not earlier ones have ended) or as many as the other side answers (a closed loop).
//
// It speaks frames itself because it must cost less than any server that it loads. Every reply is checked: grpc-status
// must be 0, and the message as long as it has to be. The result is one line of JSON on standard output.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

type options struct {
	targets     []string
	connections int
	rate        float64
	inFlight    int
	duration    time.Duration
	mostCalls   int
	path        string
	request     []byte
	replyBytes  int
	seed        uint64
}

func main() {
	targets := flag.String("targets", "", "ADDRESS:PORT[,…]; connections take turns among them")
	connections := flag.Int("connections", 4, "connections in all")
	rate := flag.Float64("rate", 0, "calls per second in all, at random intervals; 0 is a closed loop")
	inFlight := flag.Int("in-flight", 25, "calls in flight per connection, in a closed loop")
	duration := flag.Duration("duration", 3*time.Second, "how long calls are sent")
	mostCalls := flag.Int("calls", 0, "end earlier, after so many calls in a closed loop; 0 is no limit")
	name := flag.String("name", "Kubernetes", "the name that is greeted")
	client := flag.String("client", "bench-client", "the name of the caller")
	pod := flag.String("pod", "", "the name that every server has: it is in the reply, whose length is checked")
	seed := flag.Uint64("seed", 1, "repeats the random intervals")
	flag.Parse()

	var problems []string
	if *targets == "" {
		problems = append(problems, "-targets: expected ADDRESS:PORT, got nothing")
	}
	if *pod == "" {
		problems = append(problems, "-pod: expected the name in every reply, got nothing")
	}
	if *connections < 1 {
		problems = append(problems, fmt.Sprintf("-connections: expected 1 or more, got %d", *connections))
	}
	if *rate < 0 {
		problems = append(problems, fmt.Sprintf("-rate: expected 0 or more, got %g", *rate))
	}
	if *inFlight < 1 {
		problems = append(problems, fmt.Sprintf("-in-flight: expected 1 or more, got %d", *inFlight))
	}
	if *mostCalls < 0 {
		problems = append(problems, fmt.Sprintf("-calls: expected 0 or more, got %d", *mostCalls))
	}
	if *duration <= 0 {
		problems = append(problems, fmt.Sprintf("-duration: expected more than 0, got %s", *duration))
	}
	if len(problems) > 0 {
		for _, problem := range problems {
			fmt.Fprintln(os.Stderr, "generator: "+problem)
		}
		os.Exit(2)
	}

	result, err := run(options{
		targets:     strings.Split(*targets, ","),
		connections: *connections,
		rate:        *rate,
		inFlight:    *inFlight,
		duration:    *duration,
		mostCalls:   *mostCalls,
		path:        "/greeter.v1.Greeter/SayHello",
		request:     message(*name, *client),
		replyBytes:  len(message("Hello, "+*name+"! This message is from "+*pod, *pod)),
		seed:        *seed,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "generator: "+err.Error())
		os.Exit(1)
	}
	line, _ := json.Marshal(result)
	fmt.Println(string(line))
}

// A message with two text fields, with the five bytes of gRPC in front.
func message(first, second string) []byte {
	body := []byte{}
	for number, text := range []string{first, second} {
		body = append(body, byte((number+1)<<3|2))
		for length := len(text); ; length >>= 7 {
			if length < 0x80 {
				body = append(body, byte(length))
				break
			}
			body = append(body, byte(length&0x7f|0x80))
		}
		body = append(body, text...)
	}
	length := len(body)
	return append([]byte{0, byte(length >> 24), byte(length >> 16), byte(length >> 8), byte(length)}, body...)
}
