package dashboard

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lensan/store/storetest"
)

// loadSize is what pages are timed over, and the time within which the 99th of
// a hundred answers must come. The goal, 100,000 SKUs and 50 ms, is measured on
// a machine that does nothing else, by LENSAN_LOAD_SKUS; beside other tests a
// smaller register and a wider bound show what got slow.
type loadSize struct {
	skus    int
	seconds int
	bound   time.Duration
	goal    bool
}

func loadOf(t *testing.T) loadSize {
	number := func(name string, standard int) int {
		s := os.Getenv(name)
		if s == "" {
			return standard
		}
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(name, err)
		}
		return n
	}
	size := loadSize{skus: number("LENSAN_LOAD_SKUS", 0), seconds: number("LENSAN_LOAD_SECONDS", 20), bound: 50 * time.Millisecond, goal: true}
	switch {
	case size.skus > 0:
		return size
	case underRace: // says that pages answer under load, little of how fast
		return loadSize{skus: 1_000, seconds: 2, bound: 20 * time.Second}
	}
	return loadSize{skus: 3_000, seconds: 2, bound: time.Second}
}

// Twenty readers, a page a second each, of every screen and list there is, on
// both engines; first alone, then while a writer changes 200 listings a second.
func TestPagesAreFastOverALargeRegister(t *testing.T) {
	size := loadOf(t)
	for engine, url := range storetest.URLs(t) {
		if only := os.Getenv("LENSAN_LOAD_ENGINE"); only != "" && only != engine {
			continue
		}
		t.Run(engine, func(t *testing.T) {
			s := newSiteOn(t, url(t), size.skus, nil)
			fillHistory(t, s, size.skus)
			coldStart(t, s)
			pages := loadPages(t, s)
			alone := onePage(t, s, pages)
			quiet := best(t, size, func() []timing { return stretch(t, s, pages, 20, size.seconds) })
			stop := writeOn(t, s, 200)
			busy := best(t, size, func() []timing { return stretch(t, s, pages, 20, size.seconds) })
			stop()
			report(t, engine, size, pages, alone, quiet, busy)
		})
	}
}

// coldStart tells how long after a start the first page with figures comes;
// until then the page says that they are being counted.
func coldStart(t *testing.T, s *site) {
	t.Helper()
	began, before := time.Now(), processorTime(t)
	d, err := New(s.Options)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for asked := 1; ; asked++ {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://localhost/", nil)
		d.ServeHTTP(w, r)
		if w.Code == http.StatusOK {
			t.Logf("first page %v after the start (%v of processor), asked for %d times", time.Since(began).Round(time.Millisecond),
				(processorTime(t) - before).Round(time.Millisecond), asked)
			return
		}
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "1" || w.Header().Get("Refresh") != "1" {
			t.Fatal(w.Code, w.Body)
		}
	}
}

// best is the best of three stretches where others use the machine too; where
// the goal is measured, there is one and it counts.
func best(t *testing.T, size loadSize, run func() []timing) []timing {
	var found []timing
	for range 3 {
		took := run()
		if found == nil || quantile(took, 99) < quantile(found, 99) {
			found = took
		}
		if size.goal || quantile(found, 99) < size.bound {
			break
		}
	}
	if p := quantile(found, 99); p > size.bound {
		t.Errorf("p99 %v over %d SKUs, want %v", p, size.skus, size.bound)
	}
	return found
}

// timing is one answer.
type timing struct {
	page int
	d    time.Duration
	cpu  time.Duration // of the whole process; only where pages are asked one at a time
}

func quantile(took []timing, q int) time.Duration {
	if len(took) == 0 {
		return 0
	}
	sorted := slices.SortedFunc(slices.Values(took), func(a, b timing) int { return int(a.d - b.d) })
	return sorted[min(len(sorted)-1, len(sorted)*q/100)].d
}

// ask reads one page.
func ask(t *testing.T, s *site, p loadPage, n int) time.Duration {
	began := time.Now()
	resp, err := http.Get(s.url + p.paths[n%len(p.paths)])
	if err != nil {
		t.Error(err)
		return 0
	}
	defer resp.Body.Close()
	if p.start { // only how long it is until it begins to come
		_, _ = resp.Body.Read(make([]byte, 4096))
	} else {
		_, _ = io.Copy(io.Discard, resp.Body)
	}
	if resp.StatusCode != http.StatusOK {
		t.Error(p.paths[n%len(p.paths)], resp.StatusCode)
	}
	return time.Since(began)
}

// onePage asks for every page some times, one after the other, and measures
// the processor's time too: that of this process, so not PostgreSQL's.
func onePage(t *testing.T, s *site, pages []loadPage) []timing {
	const times = 6
	var took []timing
	for i, p := range pages {
		for n := range times {
			before := processorTime(t)
			d := ask(t, s, p, n)
			took = append(took, timing{i, d, processorTime(t) - before})
		}
	}
	return took
}

func processorTime(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// stretch lets readers read for some seconds.
func stretch(t *testing.T, s *site, pages []loadPage, readers, seconds int) []timing {
	t.Helper()
	var mu sync.Mutex
	var took []timing
	var wait sync.WaitGroup
	for n := range readers {
		wait.Go(func() {
			tick := time.NewTicker(time.Second)
			defer tick.Stop()
			for turn := range seconds {
				i := (n + turn*readers) % len(pages)
				d := ask(t, s, pages[i], n+turn)
				mu.Lock()
				took = append(took, timing{page: i, d: d})
				mu.Unlock()
				<-tick.C
			}
		})
		time.Sleep(time.Second / time.Duration(readers)) // readers do not come all at once
	}
	wait.Wait()
	return took
}

// report writes the table of docs/dashboard.md.
func report(t *testing.T, engine string, size loadSize, pages []loadPage, alone, quiet, busy []timing) {
	of := func(all []timing, i int) []timing {
		return slices.DeleteFunc(slices.Clone(all), func(x timing) bool { return x.page != i })
	}
	ms := func(d time.Duration) string { return strconv.FormatFloat(float64(d.Microseconds())/1000, 'f', 1, 64) }
	cpu := func(took []timing) time.Duration {
		var sum time.Duration
		for _, x := range took {
			sum += x.cpu
		}
		return sum / time.Duration(max(len(took), 1))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s, %d SKUs, ms\n| page | CPU | alone p50 | 20 readers p50 | p99 | and 200 writes/s p50 | p99 |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n", engine, size.skus)
	line := func(name string, a, q, w []timing) {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", name, ms(cpu(a)), ms(quantile(a, 50)), ms(quantile(q, 50)), ms(quantile(q, 99)), ms(quantile(w, 50)), ms(quantile(w, 99)))
	}
	for i, p := range pages {
		line(p.name, of(alone, i), of(quiet, i), of(busy, i))
	}
	line("**all**", alone, quiet, busy)
	t.Log(b.String())
	if path := os.Getenv("LENSAN_LOAD_REPORT"); path != "" {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(b.String()); err != nil {
			t.Fatal(err)
		}
	}
}
