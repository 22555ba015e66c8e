package store_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"lensan/store"
	"lensan/store/storetest"
)

// victim is what a process does that is to die in the middle: "backup URL
// FILE" or "restore URL FILE".
var victim = flag.String("victim", "", "what the process does that the tests kill")

// TestVictim is the process that kills itself; as a test it does nothing.
func TestVictim(t *testing.T) {
	if *victim == "" {
		return
	}
	words := strings.Split(*victim, " ")
	die := func(done, total int64) {
		if done > total/2 {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	if words[0] == "backup" {
		s, err := store.Open(t.Context(), words[1], store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, _, _, err = s.BackupTo(t.Context(), words[2], false, store.BackupOptions{Progress: die})
		t.Fatal("lives", err)
	}
	file, err := os.Open(words[2])
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Restore(t.Context(), words[1], store.Options{}, file, words[0] == "replace", store.RestoreOptions{Progress: die})
	t.Fatal("lives", err)
}

func kill(t *testing.T, what string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestVictim$", "-victim="+what).CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("%s: %v\n%s", what, err, out)
	}
}

func TestABackupThatIsKilledLeavesNothingThatLooksWhole(t *testing.T) {
	t.Parallel()
	for engine, newURL := range storetest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := newURL(t)
			filled(t, url)
			dir := t.TempDir()
			kill(t, "backup "+url+" "+filepath.Join(dir, "b.lensan.gz"))
			left, err := os.ReadDir(dir)
			if err != nil || len(left) != 1 || !strings.HasPrefix(left[0].Name(), ".b.lensan.gz.part-") {
				t.Fatalf("left behind: %v, %v", left, err)
			}
			b, err := os.ReadFile(filepath.Join(dir, left[0].Name()))
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := store.CheckBackup(t.Context(), bytes.NewReader(b), nil); !errors.Is(err, store.ErrNotBackup) {
				t.Errorf("the part: %v", err)
			}
		})
	}
}

func TestARestoreThatIsKilledLeavesTheOldRecordOrOneThatSaysSo(t *testing.T) {
	t.Parallel()
	for engine, newURL := range storetest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "b.lensan.gz")
			if err := os.WriteFile(file, backup(t, filled(t, newURL(t))), 0o600); err != nil {
				t.Fatal(err)
			}
			old := newURL(t)
			w := storetest.NewWorld(t, old, store.Options{})
			w.Insert(t, "producers", "ref, name, match_key, created_at, updated_at", []any{"old", "cũ", "cu", 1, 1})
			w.Close()
			w.Store.Close()
			kill(t, "replace "+old+" "+file)
			if n := storetest.Attach(t, old).Text(t, `SELECT COUNT(*) FROM producers`); n != "1" {
				t.Errorf("%s producers in the old record", n)
			}
			s, err := store.Open(t.Context(), old, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.CheckRestored(t.Context()); err != nil {
				t.Errorf("the old record: %v", err)
			}
			s.Close()

			empty := newURL(t)
			kill(t, "restore "+empty+" "+file)
			if path, ok := strings.CutPrefix(empty, "sqlite:"); ok {
				if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("a database is there: %v", err)
				}
				if _, err := os.Stat(store.RestoringPath(path)); err != nil {
					t.Errorf("nothing says that a restore was not ended: %v", err)
				}
			} else {
				s, err := store.Open(t.Context(), empty, store.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if err := s.CheckRestored(t.Context()); !errors.Is(err, store.ErrRestoring) {
					t.Errorf("what is left says %v", err)
				}
				if _, _, err := s.Backup(t.Context(), new(bytes.Buffer), store.BackupOptions{}); !errors.Is(err, store.ErrRestoring) {
					t.Errorf("a backup of it: %v", err)
				}
				s.Close()
			}
			// Told again, it ends.
			b, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			if _, err := store.Restore(t.Context(), empty, store.Options{}, b, false, store.RestoreOptions{}); err != nil {
				t.Fatal(err)
			}
			if n := storetest.Attach(t, empty).Text(t, `SELECT COUNT(*) FROM products`); n != "120" {
				t.Errorf("%s products", n)
			}
		})
	}
}
