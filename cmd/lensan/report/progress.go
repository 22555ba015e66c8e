package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	pretty "github.com/jedib0t/go-pretty/v6/text"

	"lensan/cmd/lensan/text"
)

// Lane is how far the work on one marketplace is.
type Lane struct {
	Title   string
	Done    int // items that ended, however they did
	Total   int
	Failed  int
	Waiting string // why it stands still, in words; empty: it does not
	Sent    int    // of those that have not ended, sent and to be read back
	Doing   string // what goes on while no item ends, in words
}

// Progress shows how far a long piece of work is: bars on a terminal, else a
// plain line every few seconds, which also tells that it is alive.
type Progress struct {
	lang text.Lang
	now  func() time.Time
	out  io.Writer

	began    time.Time
	lastLine time.Time
	marks    map[string]mark

	terminal bool
	width    int
	mu       sync.Mutex // of what follows
	drawn    int        // lines on the screen that the next drawing replaces
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

// NewProgress begins to show progress. What it showed last stays.
func NewProgress(o ProgressOptions) *Progress {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Width == 0 {
		o.Width = 80
	}
	p := &Progress{lang: o.Lang, now: o.Now, out: o.Out, terminal: o.Terminal, width: o.Width, began: o.Now(), marks: map[string]mark{}}
	p.lastLine = p.began
	return p
}

// Update takes over where the lanes are now; state says in a word what is
// going on, and is all there is to show while there are no lanes yet.
func (p *Progress) Update(state string, lanes []Lane) {
	now := p.now()
	lines := make([]string, len(lanes))
	for i, l := range lanes {
		lines[i] = p.line(now, l)
	}
	if p.terminal {
		p.draw(now, state, lanes, lines)
		return
	}
	if now.Sub(p.lastLine) < plainEvery {
		return
	}
	p.lastLine = now
	if !slices.ContainsFunc(lanes, func(l Lane) bool { return l.Total > 0 }) { // nothing to count yet
		lines = append([]string{state}, lines...)
	}
	fmt.Fprintf(p.out, "%s  %s\n", text.Clock(now), strings.Join(lines, "; "))
}

// Break leaves what is drawn where it is: something else is about to be written
// below it. It may be called at any time.
func (p *Progress) Break() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drawn = 0
}

// draw replaces what the last drawing left by a line for the whole and a bar
// for each lane. Drawing by ourselves, only when there is news, needs no
// goroutine that outlives its work.
func (p *Progress) draw(now time.Time, state string, lanes []Lane, lines []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b strings.Builder
	if p.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\r\x1b[J", p.drawn)
	}
	p.drawn = 1
	b.WriteString(p.fit(text.ProgressAlive.In(p.lang, "state", state, "since", text.Duration(p.lang, now.Sub(p.began)), "clock", text.Clock(now))))
	for i, l := range lanes {
		for _, line := range p.rows(bar(l), lines[i]) {
			b.WriteString(p.fit(line))
			p.drawn++
		}
	}
	io.WriteString(p.out, b.String()) //nolint:errcheck // nobody is left to tell
}

// rows puts what does not fit beside the bar below its words.
func (p *Progress) rows(bar, line string) []string {
	head, rest, more := strings.Cut(line, " · ")
	if !more || pretty.StringWidthWithoutEscSequences(bar+" "+line) < p.width {
		return []string{bar + " " + line}
	}
	return []string{bar + " " + head, strings.Repeat(" ", barWidth+5) + rest}
}

// fit cuts a line to the terminal: one that wraps could not be replaced.
func (p *Progress) fit(line string) string { return pretty.Trim(line, p.width-1) + "\n" }

const barWidth = 24

// eighths are the parts of a character cell.
var eighths = []rune(" ▏▎▍▌▋▊▉")

// bar draws how much of a lane is done.
func bar(l Lane) string {
	if l.Total == 0 {
		return strings.Repeat(" ", barWidth) + "     "
	}
	done := min(l.Done, l.Total)
	parts := done * barWidth * 8 / l.Total
	b := strings.Repeat("█", parts/8)
	if parts < barWidth*8 {
		sent := min(l.Done+l.Sent, l.Total)*barWidth/l.Total - parts/8
		if sent > 0 {
			b += strings.Repeat("░", sent)
		} else {
			b += string(eighths[parts%8])
			sent = 1
		}
		b += strings.Repeat(" ", barWidth-parts/8-sent)
	}
	return fmt.Sprintf("%s%3d%%", b, done*100/l.Total)
}

// slowest is the speed below which no time left is told: the last few items
// wait for their own reasons, and a rate that dies away says hours.
const slowest = 0.05

// line says of one lane: done, rate, time left.
func (p *Progress) line(now time.Time, l Lane) string {
	if l.Total == 0 && l.Waiting != "" {
		return l.Title + ": " + l.Waiting
	}
	rate := p.rate(now, l)
	s := text.ProgressLane.In(p.lang, "lane", l.Title, "done", text.Number(p.lang, int64(l.Done)), "total", text.Number(p.lang, int64(l.Total)))
	switch left := l.Total - l.Done; {
	case left <= 0:
		s += text.ProgressDone.In(p.lang)
	case l.Waiting != "":
		s += " · " + l.Waiting
	case rate >= slowest:
		eta := time.Duration(float64(left) / rate * float64(time.Second))
		s += text.ProgressRate.In(p.lang, "rate", oneDecimal(p.lang, rate), "left", text.Duration(p.lang, eta+time.Second))
	}
	if l.Doing != "" && l.Waiting == "" && l.Done < l.Total {
		s += " · " + l.Doing
	}
	if l.Failed > 0 {
		s += text.ProgressFailed.In(p.lang, "n", text.Number(p.lang, int64(l.Failed)))
	}
	return s
}

// rate smooths the speed over some ten seconds.
func (p *Progress) rate(now time.Time, l Lane) float64 {
	if l.Doing != "" && l.Sent == 0 { // what comes before the SKUs has no rate of its own
		return 0
	}
	done := l.Done + l.Sent
	m, ok := p.marks[l.Title]
	if !ok {
		p.marks[l.Title] = mark{at: now, done: done}
		return 0
	}
	took := now.Sub(m.at).Seconds()
	if took < 0.5 {
		return m.rate
	}
	speed := max(0, float64(done-m.done)/took)
	if m.rate > 0 {
		share := min(1, took/10)
		speed = m.rate*(1-share) + speed*share
	}
	p.marks[l.Title] = mark{at: now, done: done, rate: speed}
	return speed
}

func oneDecimal(l text.Lang, f float64) string {
	s := fmt.Sprintf("%.1f", f)
	if l == text.VI {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}
