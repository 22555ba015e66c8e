package sandbox

import (
	"net/http"
	"strconv"
)

const (
	pageHTML  = "text/html; charset=utf-8"
	badGate   = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
	upkeep    = "<!DOCTYPE html><html lang=\"vi\"><head><title>Bảo trì hệ thống</title></head><body><h1>Hệ thống đang bảo trì</h1><p>Vui lòng quay lại sau. SANDBOX</p></body></html>"
	hugeBytes = 100 << 20
)

// strike does on the wire what a gateway fault says. The answer that the
// application gave, if the call got so far, is lost but for Truncate.
func (m *market) strike(w http.ResponseWriter, f *Fault, a *answer) {
	switch f.Kind {
	case Cut:
		panic(http.ErrAbortHandler)
	case Truncate:
		truncate(w, a)
	case Status:
		m.strikeStatus(w, f)
	case Maintenance:
		write(w, &answer{status: http.StatusOK, head: map[string]string{"Content-Type": pageHTML}, body: []byte(upkeep)})
	case Throttle:
		write(w, &answer{status: http.StatusTooManyRequests, head: map[string]string{"Content-Type": pageHTML},
			body: []byte("<html><body><h1>429 Too Many Requests</h1></body></html>")})
	case Garbage:
		write(w, &answer{status: http.StatusOK, head: map[string]string{"Content-Type": "application/json"},
			body: []byte(`{"items": [<!-- upstream -->`)})
	case Huge:
		huge(w, f)
	}
}

func (m *market) strikeStatus(w http.ResponseWriter, f *Fault) {
	a := &answer{status: f.Status, head: map[string]string{}}
	if a.status == 0 {
		a.status = http.StatusServiceUnavailable
	}
	switch f.Body {
	case "", "json":
		a.head["Content-Type"] = "application/json"
		a.body = m.rules.trouble(a.status)
	case "html":
		a.head["Content-Type"] = pageHTML
		a.body = []byte(badGate)
	}
	write(w, a)
}

// truncate promises the whole answer and sends half of it.
func truncate(w http.ResponseWriter, a *answer) {
	for k, v := range a.head {
		w.Header().Set(k, v)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body[:len(a.body)/2])
	_ = http.NewResponseController(w).Flush() // so that the half arrives
	panic(http.ErrAbortHandler)
}

func huge(w http.ResponseWriter, f *Fault) {
	left := f.Size
	if left == 0 {
		left = hugeBytes
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	chunk := make([]byte, 1<<20)
	for i := range chunk {
		chunk[i] = ' '
	}
	chunk[0] = '['
	for left > 0 {
		n, err := w.Write(chunk[:min(left, int64(len(chunk)))])
		if err != nil {
			return
		}
		left -= int64(n)
		chunk[0] = ' '
	}
}

func write(w http.ResponseWriter, a *answer) {
	for k, v := range a.head {
		w.Header().Set(k, v)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}
