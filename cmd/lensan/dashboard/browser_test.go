package dashboard

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// browser is a tab of a real Chromium, made for each test, and the errors that
// its pages reported.
type browser struct {
	t      *testing.T
	ctx    context.Context
	errors chan string
}

// size is the window of a device.
type size struct {
	name  string
	w, h  int64
	phone bool
	dark  bool
}

var (
	laptop = size{name: "laptop", w: 1366, h: 900}
	phone  = size{name: "phone", w: 360, h: 780, phone: true}
	night_ = size{name: "dark", w: 1366, h: 900, dark: true}
)

// chromium finds the browser; a machine without one fails the test, for
// `make test` installs it.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium: apt-get install chromium, or run `make test`")
	return ""
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-dev-shm-usage", true), chromedp.UserDataDir(t.TempDir()))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx, errors: make(chan string, 100)}
	if err := chromedp.Do(ctx); err != nil { // the first context has no deadline: it owns the browser
		t.Fatal(err)
	}
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		for m, err := range chromedp.Console(ctx) {
			if err != nil {
				return
			}
			if m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException {
				b.report(m.Text)
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-listening
	})
	return b
}

func (b *browser) report(s string) {
	select {
	case b.errors <- s:
	default:
	}
}

// do runs actions within half a minute.
func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// resize makes the window that of a device.
func (b *browser) resize(s size) {
	b.t.Helper()
	scheme := "light"
	if s.dark {
		scheme = "dark"
	}
	b.do(chromedp.EmulateViewport(s.w, s.h), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	}))
}

// shot keeps a picture of the whole page where LENSAN_SHOTS names a folder,
// else in a folder that goes with the test.
func (b *browser) shot(name string) {
	b.t.Helper()
	dir := os.Getenv("LENSAN_SHOTS")
	if dir == "" {
		dir = b.t.TempDir()
	}
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// clean fails the test when a page reported an error.
func (b *browser) clean(where string) {
	b.t.Helper()
	for {
		select {
		case e := <-b.errors:
			b.t.Errorf("%s: the browser reported: %s", where, e)
		default:
			return
		}
	}
}
