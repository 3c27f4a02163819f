package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// More than a run receives; refilled long before it is used up.
const receiveWindow = 1 << 30

// One HTTP/2 connection and the calls on it. The sender and the reader share it under its lock.
type connection struct {
	mutex  sync.Mutex
	socket net.Conn
	writer *bufio.Writer
	reader *bufio.Reader
	framer *http2.Framer
	// The header block of the first call, which fills the other side's table, and of all later ones, which refer to it.
	first, later []byte
	// Closed when the other side has said its settings.
	ready   chan struct{}
	isReady bool
	encode  func(tableSize uint32) (first, later []byte)
	request []byte

	nextStream  uint32
	calls       map[uint32]*call
	maxStreams  uint32
	sendWindow  int64
	streamQuota int64
	received    int64
	closed      error
	// Calls that are due and wait for a stream or for window.
	waiting []time.Time

	onEnd   func(c *connection, ended *call, problem string)
	expects int
}

type call struct {
	due   time.Time
	bytes int
}

func dial(target string, o options, onEnd func(*connection, *call, string)) (*connection, error) {
	socket, err := net.DialTimeout("tcp", target, 5*time.Second)
	if err != nil {
		return nil, err
	}
	c := &connection{
		socket:      socket,
		writer:      bufio.NewWriterSize(socket, 1<<16),
		reader:      bufio.NewReaderSize(socket, 1<<16),
		ready:       make(chan struct{}),
		encode:      func(tableSize uint32) ([]byte, []byte) { return headerBlocks(target, o.path, tableSize) },
		request:     o.request,
		nextStream:  1,
		calls:       map[uint32]*call{},
		maxStreams:  100,
		sendWindow:  65535,
		streamQuota: 65535,
		onEnd:       onEnd,
		expects:     o.replyBytes,
	}
	c.framer = http2.NewFramer(c.writer, c.reader)
	c.framer.SetReuseFrames()
	c.writer.WriteString(http2.ClientPreface)
	c.framer.WriteSettings(
		http2.Setting{ID: http2.SettingEnablePush, Val: 0},
		http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 20},
	)
	c.framer.WriteWindowUpdate(0, receiveWindow-65535)
	return c, c.writer.Flush()
}

// As a client writes them: the second block is the one of every later call, since nothing in it changes.
func headerBlocks(authority, path string, tableSize uint32) (first, later []byte) {
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	encoder.SetMaxDynamicTableSizeLimit(tableSize)
	encode := func() []byte {
		block.Reset()
		for _, field := range [][2]string{
			{":method", "POST"}, {":scheme", "http"}, {":path", path}, {":authority", authority},
			{"content-type", "application/grpc"}, {"user-agent", "bench-generator"}, {"te", "trailers"}, {"grpc-timeout", "5S"},
		} {
			encoder.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]})
		}
		return bytes.Clone(block.Bytes())
	}
	return encode(), encode()
}

// Sends a call that was due at `due`, or keeps it until there is room. The caller flushes.
func (c *connection) send(due time.Time) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.waiting = append(c.waiting, due)
	c.sendWaiting()
}

func (c *connection) flush() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.writer.Flush()
}

// Needs the lock.
func (c *connection) sendWaiting() {
	for len(c.waiting) > 0 && c.closed == nil && c.isReady {
		size := int64(len(c.request))
		if uint32(len(c.calls)) >= c.maxStreams || c.sendWindow < size || c.streamQuota < size {
			return
		}
		stream, headers := c.nextStream, c.later
		if stream == 1 {
			headers = c.first
		}
		c.nextStream += 2
		c.calls[stream] = &call{due: c.waiting[0]}
		c.waiting = c.waiting[1:]
		c.sendWindow -= size
		c.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: headers, EndHeaders: true})
		c.framer.WriteData(stream, true, c.request)
	}
}

// Reads frames until the connection ends.
func (c *connection) read() {
	decoder := hpack.NewDecoder(4096, nil)
	for {
		frame, err := c.framer.ReadFrame()
		if err != nil {
			c.end(err)
			return
		}
		c.mutex.Lock()
		err = c.take(frame, decoder)
		// Calls that follow from what was read leave together.
		if c.reader.Buffered() == 0 {
			c.writer.Flush()
		}
		c.mutex.Unlock()
		if err != nil {
			c.end(err)
			return
		}
	}
}

// Needs the lock.
func (c *connection) take(frame http2.Frame, decoder *hpack.Decoder) error {
	switch f := frame.(type) {
	case *http2.DataFrame:
		c.received += int64(f.Length)
		if c.received > receiveWindow/2 {
			c.framer.WriteWindowUpdate(0, uint32(c.received))
			c.received = 0
		}
		if found := c.calls[f.StreamID]; found != nil {
			found.bytes += len(f.Data())
			if f.StreamEnded() {
				c.finish(f.StreamID, "no trailers")
			}
		}
	case *http2.HeadersFrame:
		if !f.HeadersEnded() {
			return fmt.Errorf("headers in more than one frame: not expected of a greeting")
		}
		status := ""
		decoder.SetEmitFunc(func(field hpack.HeaderField) {
			if field.Name == "grpc-status" {
				status = field.Value
			}
		})
		if _, err := decoder.Write(f.HeaderBlockFragment()); err != nil {
			return err
		}
		if err := decoder.Close(); err != nil {
			return err
		}
		found := c.calls[f.StreamID]
		if found == nil || !f.StreamEnded() {
			return nil
		}
		switch {
		case status == "":
			c.finish(f.StreamID, "no grpc-status")
		case status != "0":
			c.finish(f.StreamID, "grpc-status "+status)
		case found.bytes != c.expects:
			c.finish(f.StreamID, fmt.Sprintf("%d bytes instead of %d", found.bytes, c.expects))
		default:
			c.finish(f.StreamID, "")
		}
	case *http2.RSTStreamFrame:
		if c.calls[f.StreamID] != nil {
			c.finish(f.StreamID, "RST_STREAM "+f.ErrCode.String())
		}
	case *http2.SettingsFrame:
		if f.IsAck() {
			return nil
		}
		tableSize := uint32(4096)
		f.ForeachSetting(func(setting http2.Setting) error {
			switch setting.ID {
			case http2.SettingMaxConcurrentStreams:
				c.maxStreams = setting.Val
			case http2.SettingInitialWindowSize:
				c.streamQuota = int64(setting.Val)
			case http2.SettingHeaderTableSize:
				tableSize = min(tableSize, setting.Val)
			}
			return nil
		})
		c.framer.WriteSettingsAck()
		if !c.isReady {
			c.first, c.later = c.encode(tableSize)
			c.isReady = true
			close(c.ready)
		}
		c.sendWaiting()
	case *http2.PingFrame:
		if !f.IsAck() {
			c.framer.WritePing(true, f.Data)
		}
	case *http2.WindowUpdateFrame:
		if f.StreamID == 0 {
			c.sendWindow += int64(f.Increment)
			c.sendWaiting()
		}
	case *http2.GoAwayFrame:
		return fmt.Errorf("GOAWAY %s", f.ErrCode)
	}
	return nil
}

// Needs the lock.
func (c *connection) finish(stream uint32, problem string) {
	ended := c.calls[stream]
	delete(c.calls, stream)
	c.sendWaiting()
	c.onEnd(c, ended, problem)
}

// What is still open has failed.
func (c *connection) end(err error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.closed != nil {
		return
	}
	c.closed = err
	if !c.isReady {
		c.isReady = true
		close(c.ready)
	}
	problem := "connection: " + err.Error()
	if err == io.EOF {
		problem = "connection: closed by the other side"
	}
	for stream := range c.calls {
		c.finish(stream, problem)
	}
	for _, due := range c.waiting {
		c.onEnd(c, &call{due: due}, problem)
	}
	c.waiting = nil
}
