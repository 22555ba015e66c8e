package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"lensan/adapters/sandbox"
)

// F35: no secret of an account is in what a command says, in an export, in a
// page or in what the worker logs, whatever fails meanwhile; telephones and
// addresses of producers are in no export, plan or history.
func TestF35_NoSecretIsInExportsPagesOrTalk(t *testing.T) {
	eachShell(t, func(t *testing.T, sh *shell) {
		sh.options = append(sh.options, "--option", "log_level=debug", "--option", "postmart.webhook_secret="+hookSecret)
		for _, f := range []sandbox.Fault{
			{Market: "postmart", Op: "createShop", Kind: sandbox.Status, Status: 500, Count: 1},
			{Market: "voso", Op: "login", Kind: sandbox.Status, Status: 502, Body: "html", Count: 1},
			{Market: "postmart", Op: "createProduct", Kind: sandbox.Answer, SKU: "MO0003", Code: "media_too_large"},
			{Market: "voso", Op: "saveProducts", Kind: sandbox.Garbage, Count: 1},
		} {
			if _, err := sh.sandbox.SetFault(f); err != nil {
				t.Fatal(err)
			}
		}
		sh.take(products(8))
		secrets := []string{sandbox.DefaultClientSecret, sandbox.DefaultPassword, hookSecret}
		private := append(secrets, "0912345601", "Xóm 1")
		look := func(where, text string, never []string) {
			t.Helper()
			if text == "" {
				t.Errorf("%s is empty: it proves nothing", where)
			}
			for _, s := range never {
				if strings.Contains(text, s) {
					t.Errorf("%s shows %q", where, s)
				}
			}
		}
		csv, book := filepath.Join(sh.folder, "ra.csv"), filepath.Join(sh.folder, "ra.xlsx")
		for _, args := range [][]string{{"sync", "--wait", "-o", "json"}, {"reconcile", "--wait"}, {"plan", "-o", "json"}, {"status", "--skus", "-o", "json"}, {"history", "MO0003", "-o", "json"},
			{"runs", "-o", "json"}, {"doctor", "-o", "json"}, {"config"}, {"marketplaces", "-o", "json"}, {"export", csv}, {"export", book}} {
			_, out, talk := sh.run(args...)
			look("lensan "+strings.Join(args, " "), out+talk, private)
		}
		for _, file := range []string{csv, book} {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			look(file, string(b), private)
		}
		base := sh.startPages()
		for _, page := range []string{"/", "/runs", "/decisions", "/lanes", "/health", "/listings", "/products", "/products/" + products(1)[0].code(), "/imports", "/schedules",
			"/metrics", "/api/v1/lanes", "/api/v1/runs", "/readyz"} {
			res, err := http.Get(base + page)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			res.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			look(page, string(body), secrets)
		}
	})
}

// startPages has `lensan serve` answer until the test ends, and gives its
// address.
func (sh *shell) startPages() string {
	sh.t.Helper()
	ports, err := freePorts(1)
	if err != nil {
		sh.t.Fatal(err)
	}
	addr := "127.0.0.1:" + strconv.Itoa(ports[0])
	ctx, cancel := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() {
		var said bytes.Buffer
		a := &app{in: strings.NewReader(""), out: &said, err: &said}
		if exit := a.run(ctx, append([]string{"serve", "--listen", addr}, sh.options...)); exit != ExitDone && exit != ExitInterrupted {
			sh.t.Errorf("serve: exit %d: %s", exit, said.String())
		}
	})
	sh.t.Cleanup(func() { cancel(); ended.Wait() })
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) { // asked again, not waited for
		res, err := http.Get("http://" + addr + "/healthz")
		if err == nil {
			res.Body.Close()
			return "http://" + addr
		}
		if time.Now().After(until) {
			sh.t.Fatal(err)
		}
	}
}
