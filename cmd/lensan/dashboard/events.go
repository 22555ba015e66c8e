package dashboard

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// How often a stream looks at the record, and sends what has not changed.
const (
	streamLook = time.Second
	streamBeat = 5 * time.Second
)

// events streams the progress of a run as pieces of its page, each time it
// changes, and once more when the run has ended. It reads SQL; nobody has to
// tell it anything.
func (d *Dashboard) events(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.URL.Query().Get("run")
	if id == "" {
		return errNotFound
	}
	select {
	case d.streams <- struct{}{}:
		defer func() { <-d.streams }()
	default:
		w.Header().Set("Retry-After", "10")
		return say(http.StatusServiceUnavailable, "Đang có quá nhiều người theo dõi.", "Too many are watching.")
	}
	ctx := r.Context()
	p, _, _, err := d.progress(ctx, v, id)
	if err != nil {
		return err
	}
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{}) // a stream outlives the server's limit
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	look := time.NewTicker(streamLook)
	defer look.Stop()
	last, beat := "", time.Now()
	for {
		data := &runData{page: v.page("runs", ""), Progress: p, Open: p.Open}
		// What is shown has an age, so it is sent now and then unchanged too.
		if p.Version != last || time.Since(beat) > streamBeat {
			if err := d.send(w, v, data); err != nil {
				return nil // the reader has gone
			}
			last, beat = p.Version, time.Now()
		}
		if err := control.Flush(); err != nil {
			return nil
		}
		if !p.Open {
			_, _ = fmt.Fprint(w, "event: ended\ndata: \n\n")
			_ = control.Flush()
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-d.open:
			return nil
		case <-look.C:
		}
		v.now = d.Now()
		if p, _, _, err = d.progress(ctx, v, id); err != nil {
			return nil // the page goes on showing the last it knew, with its age
		}
	}
}

// send writes one piece of a page as an event.
func (d *Dashboard) send(w http.ResponseWriter, v *visit, data *runData) error {
	var b bytes.Buffer
	if err := d.pages[v.lang].byName["run"].ExecuteTemplate(&b, "progress-inner", data); err != nil {
		return err
	}
	out := "event: progress\n"
	for line := range strings.Lines(b.String()) {
		if s := strings.TrimSpace(line); s != "" {
			out += "data: " + s + "\n"
		}
	}
	_, err := w.Write([]byte(out + "\n"))
	return err
}
