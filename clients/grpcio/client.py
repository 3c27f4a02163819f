"""A greeter client on grpcio (asyncio) in an open loop.

Writes one line of JSON for each call to standard output, as the ledger of this project's own client: client/ledger.ts.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import time

import grpc
import grpc.aio

import advised
import greeter_pb2
import greeter_pb2_grpc


def positive(text):
    number = float(text)
    if not number > 0:
        raise argparse.ArgumentTypeError(f"expected a number above 0, got {text!r}")
    return number


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", required=True, help="whom to call, as gRPC names it: dns:///HOST:PORT")
    parser.add_argument("--rate", type=positive, default=10, help="calls per second")
    parser.add_argument("--deadline", type=positive, default=5, help="time that a call may take in all, s")
    parser.add_argument("--settings", choices=["defaults", "advised"], default="advised")
    return parser.parse_args()


def open_channel(target, settings):
    if settings == "defaults":
        return grpc.aio.insecure_channel(target)
    return grpc.aio.insecure_channel(target, options=advised.OPTIONS, interceptors=[advised.SendAgain()])


async def call(greeter, seq, due, deadline):
    request = greeter_pb2.HelloRequest(name="world", client=os.environ.get("POD_NAME", ""))
    sent, began = time.time(), time.monotonic()
    pending = greeter.SayHello(request, timeout=deadline)
    pod, header = "", {}
    try:
        pod = (await pending).pod
        code = grpc.StatusCode.OK
        header = dict(await pending.initial_metadata())
    except grpc.aio.AioRpcError as error:
        code, header = error.code(), dict(error.initial_metadata())
        print(f"call {seq}: {error.code().name}: {error.details()}", file=sys.stderr)
    entry = {
        "seq": seq,
        "intendedMs": round(due * 1000, 3),
        "sentMs": round(sent * 1000, 3),
        "latencyMs": round((time.monotonic() - began) * 1000, 3),
        "code": code.name,
        "pod": pod,
        "via": header.get("x-envoy-pod", ""),
        "attempts": int(header.get("x-envoy-attempt-count", 0)),
    }
    print(json.dumps(entry, separators=(",", ":")), flush=True)


async def call_all(arguments):
    """Sends each call when it is due, whether or not earlier ones have ended."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    calls = set()
    async with open_channel(arguments.target, arguments.settings) as channel:
        greeter = greeter_pb2_grpc.GreeterStub(channel)
        start, seq = time.time(), 0
        while not stopping.is_set():
            due = start + seq / arguments.rate
            seq += 1
            try:
                await asyncio.wait_for(stopping.wait(), max(0, due - time.time()))
            except asyncio.TimeoutError:
                task = asyncio.create_task(call(greeter, seq, due, arguments.deadline))
                calls.add(task)
                task.add_done_callback(calls.discard)
        if calls:
            await asyncio.wait(calls)


if __name__ == "__main__":
    try:
        asyncio.run(call_all(read_arguments()))
    except BrokenPipeError:
        sys.exit(1)
