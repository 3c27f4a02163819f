package main

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A timer of the kernel that is read like a file. Go's own timers wake up to a millisecond late when nothing else happens,
// which would be most of the latency that is measured here.
type timer struct {
	descriptor int
	file       *os.File
	buffer     [8]byte
}

func newTimer() (*timer, error) {
	descriptor, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return &timer{descriptor: descriptor, file: os.NewFile(uintptr(descriptor), "timer")}, nil
}

func (t *timer) wait(length time.Duration) {
	value := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(length))}
	if err := unix.TimerfdSettime(t.descriptor, 0, &value, nil); err != nil {
		time.Sleep(length)
		return
	}
	t.file.Read(t.buffer[:])
}

func (t *timer) close() { t.file.Close() }
