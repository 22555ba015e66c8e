package dashboard

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// load is the size of the register that pages are timed over, and the time
// within which the 99th of a hundred answers must come. The goal, 100,000 and
// 50 ms, is measured on a machine that does nothing else, by LENSAN_LOAD_SKUS;
// beside other tests a smaller register and a wider bound show what got slow.
func load(t *testing.T) (skus int, bound time.Duration) {
	s := os.Getenv("LENSAN_LOAD_SKUS")
	if s == "" && underRace { // says that pages answer under load, little of how fast
		return 2_000, 20 * time.Second
	}
	if s == "" {
		return 5_000, time.Second
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n, 50 * time.Millisecond
}

// Twenty readers, a page a second each; the best of three stretches counts.
func TestPagesAreFastOverALargeRegister(t *testing.T) {
	skus, bound := load(t)
	s := newSite(t, skus, nil)
	pages := []string{"/", "/fix", "/listings", "/listings?q=nuoc+mam", "/listings?lane=voso&bucket=needs_fixing", "/listings?stars=5&sort=valid_until&dir=desc",
		"/listings?q=khong+co", "/runs", "/lanes", "/listings?commune=X%C3%A3+Nam+%C4%90%C3%A0n&sort=changed", "/api/v1/listings?q=cam&limit=50", "/api/v1/summary"}
	for _, path := range pages { // the first reading, and each order once
		resp, body := s.client(t).get(path)
		if resp.StatusCode != http.StatusOK {
			t.Fatal(path, resp.StatusCode, body)
		}
	}
	var best time.Duration
	for range 3 {
		p99, slowest := stretch(t, s, pages, 20, 5)
		t.Logf("p99 %v, slowest %s", p99, slowest)
		if best == 0 || p99 < best {
			best = p99
		}
		if best < bound {
			return
		}
	}
	t.Errorf("p99 %v over %d SKUs, want %v", best, skus, bound)
}

// stretch lets readers read for some seconds and returns the 99th percentile.
func stretch(t *testing.T, s *site, pages []string, readers, seconds int) (time.Duration, string) {
	t.Helper()
	type timing struct {
		d    time.Duration
		path string
	}
	var mu sync.Mutex
	var took []timing
	var wait sync.WaitGroup
	for n := range readers {
		wait.Go(func() {
			tick := time.NewTicker(time.Second)
			defer tick.Stop()
			for turn := range seconds {
				path := pages[(n*7+turn*3)%len(pages)]
				began := time.Now()
				resp, err := http.Get(s.url + path)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				mu.Lock()
				took = append(took, timing{time.Since(began), path})
				mu.Unlock()
				<-tick.C
			}
		})
		time.Sleep(time.Second / time.Duration(readers)) // readers do not come all at once
	}
	wait.Wait()
	slices.SortFunc(took, func(a, b timing) int { return int(a.d - b.d) })
	last := took[len(took)-1]
	return took[len(took)*99/100].d, fmt.Sprint(last.path, " ", last.d)
}
