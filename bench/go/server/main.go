// The greeter on grpc-go: the outer mark of the benchmark, and the server behind each proxy of it, where it must cost little.
// Its messages are read and written by hand (protowire), so no generated code is needed.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

type pair struct{ first, second string }

// Takes the two messages of the greeter, both of two text fields, and leaves all others to the library's own code.
type codec struct{}

func (codec) Name() string { return "proto" }

func (codec) Marshal(value any) ([]byte, error) {
	if known, ok := value.(proto.Message); ok {
		return proto.Marshal(known)
	}
	message := value.(*pair)
	bytes := make([]byte, 0, len(message.first)+len(message.second)+8)
	bytes = protowire.AppendString(protowire.AppendTag(bytes, 1, protowire.BytesType), message.first)
	return protowire.AppendString(protowire.AppendTag(bytes, 2, protowire.BytesType), message.second), nil
}

func (codec) Unmarshal(bytes []byte, value any) error {
	if known, ok := value.(proto.Message); ok {
		return proto.Unmarshal(bytes, known)
	}
	message := value.(*pair)
	for len(bytes) > 0 {
		number, kind, length := protowire.ConsumeTag(bytes)
		if length < 0 {
			return protowire.ParseError(length)
		}
		bytes = bytes[length:]
		if kind != protowire.BytesType {
			if length = protowire.ConsumeFieldValue(number, kind, bytes); length < 0 {
				return protowire.ParseError(length)
			}
			bytes = bytes[length:]
			continue
		}
		text, length := protowire.ConsumeString(bytes)
		if length < 0 {
			return protowire.ParseError(length)
		}
		bytes = bytes[length:]
		switch number {
		case 1:
			message.first = text
		case 2:
			message.second = text
		}
	}
	return nil
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "ADDRESS:PORT[,…]")
	pod := flag.String("pod", "", "the name in every reply")
	flag.Parse()
	encoding.RegisterCodec(codec{})

	greet := func(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		var request pair
		if err := decode(&request); err != nil {
			return nil, err
		}
		return &pair{"Hello, " + request.first + "! This message is from " + *pod, *pod}, nil
	}
	server := grpc.NewServer()
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "greeter.v1.Greeter",
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "SayHello", Handler: greet}},
	}, struct{}{})
	healthpb.RegisterHealthServer(server, health.NewServer())

	var listeners []net.Listener
	for _, address := range strings.Split(*listen, ",") {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			fail(err)
		}
		listeners = append(listeners, listener)
	}
	go func() {
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
		<-stop
		server.Stop()
	}()
	failed := make(chan error)
	for _, listener := range listeners {
		go func() { failed <- server.Serve(listener) }()
	}
	for range listeners {
		if err := <-failed; err != nil {
			fail(err)
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "server: "+err.Error())
	os.Exit(1)
}
