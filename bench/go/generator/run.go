package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// What one run gave. Latency counts from when a call was due; in a closed loop a call is due when it is sent.
type result struct {
	Sent     int            `json:"sent"`
	Ok       int            `json:"ok"`
	Failed   map[string]int `json:"failed"`
	Seconds  float64        `json:"seconds"`
	P50Ms    float64        `json:"p50Ms"`
	P90Ms    float64        `json:"p90Ms"`
	P99Ms    float64        `json:"p99Ms"`
	MaxMs    float64        `json:"maxMs"`
	BehindMs float64        `json:"behindMs"`
	CpuMs    float64        `json:"cpuMs"`
}

// After the last call was sent: longer than a call may take.
const settleTime = 6 * time.Second

// A starved machine lets a server wait that long before its first word.
const settingsTime = 15 * time.Second

type tally struct {
	mutex     sync.Mutex
	latencies []float64
	failed    map[string]int
	ended     int
	lastEnd   time.Time
}

func (t *tally) add(due time.Time, problem string) {
	now := time.Now()
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.ended++
	t.lastEnd = now
	if problem != "" {
		t.failed[problem]++
		return
	}
	t.latencies = append(t.latencies, float64(now.Sub(due))/1e6)
}

func (t *tally) count() int {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.ended
}

func run(o options) (result, error) {
	counted := &tally{failed: map[string]int{}, latencies: make([]float64, 0, 1<<20)}
	isClosed := o.rate == 0
	var stopAt time.Time
	sent := 0
	var sentMutex sync.Mutex
	onEnd := func(c *connection, ended *call, problem string) {
		counted.add(ended.due, problem)
		now := time.Now()
		if isClosed && c.closed == nil && now.Before(stopAt) {
			sentMutex.Lock()
			isEnough := o.mostCalls > 0 && sent >= o.mostCalls
			if !isEnough {
				sent++
			}
			sentMutex.Unlock()
			if isEnough {
				return
			}
			c.waiting = append(c.waiting, now)
			c.sendWaiting()
		}
	}
	connections := make([]*connection, o.connections)
	for index := range connections {
		c, err := dial(o.targets[index%len(o.targets)], o, onEnd)
		if err != nil {
			return result{}, err
		}
		connections[index] = c
		go c.read()
	}
	for _, c := range connections {
		select {
		case <-c.ready:
		case <-time.After(settingsTime):
			return result{}, fmt.Errorf("%s: no SETTINGS within %s", c.socket.RemoteAddr(), settingsTime)
		}
	}

	start := time.Now()
	stopAt = start.Add(o.duration)
	behind := time.Duration(0)
	if isClosed {
		sentMutex.Lock()
		sent = o.connections * o.inFlight
		sentMutex.Unlock()
		for _, c := range connections {
			for range o.inFlight {
				c.send(time.Now())
			}
			c.flush()
		}
		for time.Now().Before(stopAt) && (o.mostCalls == 0 || counted.count() < o.mostCalls) {
			time.Sleep(min(10*time.Millisecond, time.Until(stopAt)))
		}
	} else {
		sent, behind = pace(o, connections, start)
	}
	total := func() int {
		sentMutex.Lock()
		defer sentMutex.Unlock()
		return sent
	}
	for limit := time.Now().Add(settleTime); counted.count() < total() && time.Now().Before(limit); {
		time.Sleep(time.Millisecond)
	}

	counted.mutex.Lock()
	defer counted.mutex.Unlock()
	if missing := total() - counted.ended; missing > 0 {
		counted.failed["no answer"] += missing
	}
	slices.Sort(counted.latencies)
	elapsed := counted.lastEnd.Sub(start)
	return result{
		Sent: total(), Ok: len(counted.latencies), Failed: counted.failed, Seconds: elapsed.Seconds(),
		P50Ms: percentile(counted.latencies, 0.5), P90Ms: percentile(counted.latencies, 0.9),
		P99Ms: percentile(counted.latencies, 0.99), MaxMs: percentile(counted.latencies, 1),
		BehindMs: float64(behind) / 1e6, CpuMs: cpuMs(),
	}, nil
}

// Sends calls at their times; says how many, and how far behind its plan it was at the worst.
func pace(o options, connections []*connection, start time.Time) (int, time.Duration) {
	timer, err := newTimer()
	if err != nil {
		panic(err)
	}
	defer timer.close()
	random := rand.New(rand.NewPCG(o.seed, 0))
	due, sent, behind := start, 0, time.Duration(0)
	touched := map[*connection]bool{}
	for {
		due = due.Add(time.Duration(random.ExpFloat64() / o.rate * float64(time.Second)))
		if due.Sub(start) > o.duration {
			break
		}
		if wait := time.Until(due); wait > 0 {
			for c := range touched {
				c.flush()
				delete(touched, c)
			}
			if wait = time.Until(due); wait > 0 {
				timer.wait(wait)
			}
		}
		behind = max(behind, time.Since(due))
		c := connections[sent%len(connections)]
		c.send(due)
		touched[c] = true
		sent++
	}
	for c := range touched {
		c.flush()
	}
	return sent, behind
}

// CPU time of this process since it began, in ms: what the machine did for the load and for nobody else.
func cpuMs() float64 {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e6
}

// The nearest rank; 0 where nothing was measured.
func percentile(ascending []float64, share float64) float64 {
	if len(ascending) == 0 {
		return 0
	}
	return ascending[min(len(ascending)-1, int(share*float64(len(ascending))))]
}
