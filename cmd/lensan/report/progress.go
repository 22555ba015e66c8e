package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/progress"

	"lensan/cmd/lensan/text"
)

// Lane is how far the work on one marketplace is.
type Lane struct {
	Title   string
	Done    int // items that ended, however they did
	Total   int
	Failed  int
	Waiting string // why it stands still, in words; empty: it does not
}

// Progress shows how far a long piece of work is: bars on a terminal, else a
// plain line every few seconds, which also tells that it is alive.
type Progress struct {
	lang text.Lang
	now  func() time.Time
	out  io.Writer

	began    time.Time
	lastLine time.Time
	lastText string
	marks    map[string]mark

	bars     progress.Writer
	trackers map[string]*progress.Tracker
	stopped  chan struct{}
}

// mark is a reading from which a rate is told.
type mark struct {
	at   time.Time
	done int
	rate float64 // items a second, smoothed
}

// ProgressOptions are what NewProgress needs.
type ProgressOptions struct {
	Out      io.Writer
	Terminal bool // draw bars
	Lang     text.Lang
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Width of the terminal; 0: 80.
	Width int
}

// plainEvery is how often a plain line is written.
const plainEvery = 5 * time.Second

// NewProgress begins to show progress; Stop ends it.
func NewProgress(o ProgressOptions) *Progress {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Width == 0 {
		o.Width = 80
	}
	p := &Progress{lang: o.Lang, now: o.Now, out: o.Out, began: o.Now(), marks: map[string]mark{}}
	p.lastLine = p.began
	if o.Terminal {
		p.startBars(o.Width)
	}
	return p
}

func (p *Progress) startBars(width int) {
	p.bars = progress.NewWriter()
	p.bars.SetOutputWriter(p.out)
	p.bars.SetTerminalWidth(width)
	p.bars.SetTrackerLength(24)
	p.bars.SetTrackerPosition(progress.PositionLeft)
	p.bars.SetUpdateFrequency(100 * time.Millisecond)
	style := progress.StyleBlocks
	style.Visibility = progress.StyleVisibility{Tracker: true, Percentage: true, Pinned: true}
	style.Options.Separator = " "
	style.Options.PercentFormat = "%3.0f %%"
	p.bars.SetStyle(style)
	p.trackers = map[string]*progress.Tracker{}
	p.stopped = make(chan struct{})
	go func() {
		defer close(p.stopped)
		p.bars.Render()
	}()
}

// Update takes over where the lanes are now.
func (p *Progress) Update(lanes []Lane) {
	now := p.now()
	lines := make([]string, len(lanes))
	for i, l := range lanes {
		lines[i] = p.line(now, l)
	}
	if p.bars != nil {
		p.draw(now, lanes, lines)
		return
	}
	if now.Sub(p.lastLine) < plainEvery {
		return
	}
	p.lastLine, p.lastText = now, strings.Join(lines, "; ")
	p.plain(now, p.lastText)
}

func (p *Progress) plain(now time.Time, s string) {
	fmt.Fprintf(p.out, "%s  %s\n", text.Clock(now), s)
}

func (p *Progress) draw(now time.Time, lanes []Lane, lines []string) {
	p.bars.SetPinnedMessages(text.ProgressAlive.In(p.lang, "since", text.Duration(p.lang, now.Sub(p.began)), "clock", text.Clock(now)))
	for i, l := range lanes {
		t := p.trackers[l.Title]
		if t == nil {
			// A tracker that reaches its total is drawn once more and never
			// again, though work may still be added: keep one unit back.
			t = &progress.Tracker{Total: int64(l.Total) + 1}
			p.trackers[l.Title] = t
			p.bars.AppendTracker(t)
		}
		t.UpdateTotal(int64(l.Total) + 1)
		t.UpdateMessage(lines[i])
		t.SetValue(int64(l.Done))
	}
}

// line says of one lane: done, rate, time left.
func (p *Progress) line(now time.Time, l Lane) string {
	rate := p.rate(now, l)
	s := text.ProgressLane.In(p.lang, "lane", l.Title, "done", text.Number(p.lang, int64(l.Done)), "total", text.Number(p.lang, int64(l.Total)))
	switch left := l.Total - l.Done; {
	case left <= 0:
		s += text.ProgressDone.In(p.lang)
	case l.Waiting != "":
		s += " · " + l.Waiting
	case rate > 0:
		eta := time.Duration(float64(left) / rate * float64(time.Second))
		s += text.ProgressRate.In(p.lang, "rate", oneDecimal(p.lang, rate), "left", text.Duration(p.lang, eta+time.Second))
	}
	if l.Failed > 0 {
		s += text.ProgressFailed.In(p.lang, "n", text.Number(p.lang, int64(l.Failed)))
	}
	return s
}

// rate smooths the speed over some ten seconds.
func (p *Progress) rate(now time.Time, l Lane) float64 {
	m, ok := p.marks[l.Title]
	if !ok {
		p.marks[l.Title] = mark{at: now, done: l.Done}
		return 0
	}
	took := now.Sub(m.at).Seconds()
	if took < 0.5 {
		return m.rate
	}
	speed := max(0, float64(l.Done-m.done)/took)
	if m.rate > 0 {
		share := min(1, took/10)
		speed = m.rate*(1-share) + speed*share
	}
	p.marks[l.Title] = mark{at: now, done: l.Done, rate: speed}
	return speed
}

// Stop ends the display, leaving its last state on the screen.
func (p *Progress) Stop() {
	if p.bars == nil {
		return
	}
	for _, t := range p.trackers {
		if done, total := t.Value(), t.Total; done >= total-1 {
			t.UpdateTotal(max(done, 1))
			t.SetValue(max(done, 1))
			t.MarkAsDone()
		}
	}
	p.bars.Stop()
	<-p.stopped
}

// Elapsed is how long it has been shown.
func (p *Progress) Elapsed() time.Duration { return p.now().Sub(p.began) }

func oneDecimal(l text.Lang, f float64) string {
	s := fmt.Sprintf("%.1f", f)
	if l == text.VI {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}
