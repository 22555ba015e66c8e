package store_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lensan/store"
	"lensan/store/storetest"
)

// filled is a database with a register, listings, work under way and secrets.
func filled(t *testing.T, url string) *store.Store {
	t.Helper()
	w := storetest.NewWorld(t, url, store.Options{})
	storetest.Fill(t, w, 120)
	w.Insert(t, "images", "sha256, type, width, height, size, bytes, created_at", []any{"ab12", "image/jpeg", 1, 1, 5, []byte{0, 255, 10, '"', 7}, 1})
	w.Insert(t, "runs", "id, kind, scope, policy, trigger, requested_by, phase, created_at", []any{"r1", "sync", "{}", "sync", "command", "lan", "working", 5})
	w.Insert(t, "items", "id, run_id, marketplace, sku, lane_queue, purpose, state, due_at, created_at",
		[]any{"k1", "r1", "voso", "NA0000001-1", "normal", "apply", "waiting", 1, 1}, []any{"k2", "r1", "voso", "NA0000002-1", "normal", "apply", "done", 1, 1})
	w.Insert(t, "intents", "id, marketplace, sku, op, state, change_json, payload, fence, negatives, created_at",
		[]any{"i1", "voso", "NA0000001-1", "create", "open", "{}", []byte("<a&b>\x00"), 3, 1, 5})
	w.Insert(t, "sessions", "hash, name, role, stamp, created_at, seen_at, expires_at", []any{"geheim-session", "lan", "admin", "x", 1, 1, 1})
	w.Insert(t, "api_tokens", "id, name, role, hash, created_by, created_at, expires_at", []any{"t1", "bi", "viewer", "geheim-token", "lan", 1, 1})
	w.Insert(t, "sign_ins", "subject, at", []any{"user:geheim-lan", 1})
	w.Insert(t, "leases", "name, holder, host, until, beat_at", []any{"engine", "geheim-holder", "h", 1, 1})
	w.Exec(t, `UPDATE listings SET lease_owner = 'w1', lease_until = 99, applied = '{"price":{"sent":"1","echo":"1"}}' WHERE marketplace = 'voso'`)
	w.Exec(t, `UPDATE products SET name = ? WHERE code = (SELECT MIN(code) FROM products)`, "Nước mắm “Vạn Phần” <b> & \u2028 \t\n'; DROP TABLE x")
	return w.Store
}

func backup(t *testing.T, s *store.Store) []byte {
	t.Helper()
	var b bytes.Buffer
	h, sum, err := s.Backup(t.Context(), &b, store.BackupOptions{Program: "v1"})
	if err != nil {
		t.Fatal(err)
	}
	got, again, err := store.CheckBackup(t.Context(), bytes.NewReader(b.Bytes()), nil)
	if err != nil || again != sum || got.Rows("") != h.Rows("") || h.Rows("products") != 120 || got.Program != "v1" || len(got.Accounts) != 2 {
		t.Fatalf("check: %v, sum %s for %s, header %+v", err, again, sum, got)
	}
	return b.Bytes()
}

func plain(t *testing.T, file []byte) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// content is a backup without its first line, which names engine and time.
func content(t *testing.T, s *store.Store) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for line := range strings.SplitSeq(plain(t, backup(t, s)), "\n") {
		if !strings.HasPrefix(line, "{") {
			out[line] = true
		}
	}
	return out
}

func TestABackupIsRestoredOnEitherEngine(t *testing.T) {
	t.Parallel()
	urls := storetest.URLs(t)
	for from := range urls {
		for to := range urls {
			t.Run(from+" to "+to, func(t *testing.T) {
				t.Parallel()
				source := filled(t, urls[from](t))
				file := backup(t, source)
				url := urls[to](t)
				kept, err := store.Restore(t.Context(), url, store.Options{}, bytes.NewReader(file), false, store.RestoreOptions{By: "lan", Name: "x", Settle: time.Minute})
				if err != nil || kept != "" {
					t.Fatal(kept, err)
				}
				s := storetest.Open(t, url, store.Options{})
				if err := s.CheckRestored(t.Context()); err != nil {
					t.Fatal(err)
				}
				have := content(t, s)
				changed, listings := 0, storetest.Attach(t, url).Int(t, `SELECT COUNT(*) FROM listings`)
				for line := range content(t, source) {
					if !have[line] {
						changed++
					}
				}
				// What a restore settles: the lanes, the run, its waiting item, the intent and every listing.
				if changed > listings+6 || changed < listings || len(have) < 3*listings {
					t.Errorf("%d of %d rows differ, listings are %d", changed, len(have), listings)
				}
				w := storetest.Attach(t, url)
				for query, want := range map[string]string{
					`SELECT COUNT(*) FROM accounts WHERE read_whole_at = 0 AND restored_at > 0`:                                    "2",
					`SELECT state || ' ' || reason_code FROM items WHERE id = 'k1'`:                                                "cancelled run.restored",
					`SELECT state FROM items WHERE id = 'k2'`:                                                                      "done",
					`SELECT phase || ' ' || reason FROM runs WHERE id = 'r1'`:                                                      "ended run.restored",
					`SELECT state FROM intents WHERE id = 'i1' AND negatives = 0 AND look_after > 0`:                               "checking",
					`SELECT COUNT(*) FROM listings WHERE lease_owner <> '' OR fence <> 1`:                                          "0",
					`SELECT MAX(applied) FROM listings WHERE marketplace = 'voso'`:                                                 `{"price":{"sent":"1","echo":"1","restored":true}}`,
					`SELECT COUNT(*) FROM sessions`:                                                                                "0",
					`SELECT COUNT(*) FROM events WHERE kind = 'database.restored' AND actor = 'lan'`:                               "1",
					`SELECT COUNT(*) FROM products WHERE name = 'Nước mắm “Vạn Phần” <b> & ` + "\u2028 \t\n''; DROP TABLE x" + `'`: "1",
				} {
					if got := w.Text(t, query); got != want {
						t.Errorf("%s: %q, want %q", query, got, want)
					}
				}
			})
		}
	}
}

func TestABackupHoldsNoSecret(t *testing.T) {
	t.Parallel()
	for engine, url := range storetest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			text := plain(t, backup(t, filled(t, url(t))))
			for _, secret := range []string{"geheim", "sessions", "api_tokens", "sign_ins", "leases"} {
				if strings.Contains(text, secret) {
					t.Errorf("%q stands in the backup", secret)
				}
			}
		})
	}
}

func TestEveryTableIsBackedUpOrLeftOutOnPurpose(t *testing.T) {
	t.Parallel()
	storetest.Each(t, store.Options{}, func(t *testing.T, s *store.Store) {
		unknown, err := store.TablesNoBackupKnows(t.Context(), s)
		if err != nil || len(unknown) > 0 {
			t.Errorf("say in backup_tables.go whether a backup holds %v (%v)", unknown, err)
		}
	})
}

func TestAFileThatIsNotAWholeBackupIsRefusedBeforeAnythingChanges(t *testing.T) {
	t.Parallel()
	for engine, newURL := range storetest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			whole := backup(t, filled(t, newURL(t)))
			text := plain(t, whole)
			zipped := func(s string) []byte {
				var b bytes.Buffer
				z := gzip.NewWriter(&b)
				io.WriteString(z, s)
				z.Close()
				return b.Bytes()
			}
			lines := strings.SplitAfter(text, "\n")
			flipped := bytes.Clone(whole)
			flipped[len(flipped)/2] ^= 1
			for name, file := range map[string][]byte{
				"nothing":        {},
				"another file":   []byte("PK\x03\x04 a workbook"),
				"another gzip":   zipped("hello\n"),
				"cut off":        whole[:len(whole)*2/3],
				"one byte short": whole[:len(whole)-1],
				"one bit":        flipped,
				"last line gone": zipped(strings.Join(lines[:len(lines)-2], "")),
				"a row gone":     zipped(strings.Join(append(append([]string{}, lines[:20]...), lines[21:]...), "")),
				"a value":        zipped(strings.Replace(text, "Trà gừng", "Trà gưng", 1)),
				"two of them":    append(bytes.Clone(whole), whole...),
				"a table":        zipped(strings.Replace(text, `"name":"settings"`, `"name":"pg_user; --"`, 1)),
			} {
				if _, _, err := store.CheckBackup(t.Context(), bytes.NewReader(file), nil); !errors.Is(err, store.ErrNotBackup) {
					t.Errorf("%s: %v", name, err)
				}
			}
			// Even unchecked, it never becomes a record.
			url := newURL(t)
			if _, err := store.Restore(t.Context(), url, store.Options{}, bytes.NewReader(whole[:len(whole)*2/3]), false, store.RestoreOptions{}); !errors.Is(err, store.ErrNotBackup) {
				t.Errorf("restore of half a backup: %v", err)
			}
			s, err := store.Open(t.Context(), url, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if held, err := s.HoldsRecord(t.Context()); held || err != nil {
				t.Errorf("half a record is there: %v, %v", held, err)
			}
			if engine == "postgres" && !errors.Is(s.CheckRestored(t.Context()), store.ErrRestoring) {
				t.Error("the database does not say that it is not finished")
			}
		})
	}
}

func TestARecordIsReplacedOnlyWhereToldToAndKept(t *testing.T) {
	t.Parallel()
	for engine, newURL := range storetest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			file := backup(t, filled(t, newURL(t)))
			url := newURL(t)
			old := storetest.NewWorld(t, url, store.Options{})
			old.Insert(t, "producers", "ref, name, match_key, created_at, updated_at", []any{"old", "cũ", "cu", 1, 1})
			old.Close()
			restore := func(replace bool) (string, error) {
				return store.Restore(t.Context(), url, store.Options{}, bytes.NewReader(file), replace, store.RestoreOptions{By: "lan"})
			}
			if engine == "sqlite" {
				if _, err := restore(true); !errors.Is(err, store.ErrInUse) {
					t.Fatalf("while it is open: %v", err)
				}
				old.Store.Close()
			}
			if _, err := restore(false); !errors.Is(err, store.ErrNotEmpty) {
				t.Fatalf("without being told to: %v", err)
			}
			kept, err := restore(true)
			if err != nil {
				t.Fatal(err)
			}
			if n := storetest.Attach(t, url).Text(t, `SELECT COUNT(*) FROM producers WHERE ref = 'old'`); n != "0" {
				t.Error("the old record is mixed with the new")
			}
			if engine != "sqlite" {
				return
			}
			if n := storetest.Attach(t, "sqlite:"+kept).Text(t, `SELECT COUNT(*) FROM producers WHERE ref = 'old'`); n != "1" {
				t.Error("the old record is not kept")
			}
		})
	}
}

func TestABackupOfEarlierTablesIsBroughtForward(t *testing.T) {
	t.Parallel()
	for engine, newURL := range storetest.URLs(t) {
		for _, replace := range []bool{false, true} {
			t.Run(fmt.Sprint(engine, replace), func(t *testing.T) {
				t.Parallel()
				old := newURL(t)
				file := func() []byte { // of the version before lanes had restored_at
					s, err := store.Open(t.Context(), old, store.Options{})
					if err != nil {
						t.Fatal(err)
					}
					defer s.Close()
					if err := store.MigrateTo(t.Context(), s, 7); err != nil {
						t.Fatal(err)
					}
					w := storetest.Attach(t, old)
					w.Insert(t, "accounts", "marketplace, base_url, account, sandbox, first_seen_at, read_whole_at", []any{"voso", "http://127.0.0.1:2", "demo", true, 1, 1})
					w.Insert(t, "producers", "ref, name, match_key, created_at, updated_at", []any{"p", "HTX", "htx", 1, 1})
					var b bytes.Buffer
					if _, _, err := s.Backup(t.Context(), &b, store.BackupOptions{}); err != nil {
						t.Fatal(err)
					}
					return b.Bytes()
				}()
				url := newURL(t)
				there := storetest.NewWorld(t, url, store.Options{})
				if replace {
					there.Insert(t, "producers", "ref, name, match_key, created_at, updated_at", []any{"old", "cũ", "cu", 1, 1})
				}
				there.Close()
				there.Store.Close()
				if _, err := store.Restore(t.Context(), url, store.Options{}, bytes.NewReader(file), replace, store.RestoreOptions{}); err != nil {
					t.Fatal(err)
				}
				again, err := store.Open(t.Context(), url, store.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer again.Close()
				if _, _, err := again.CheckSchema(t.Context()); err != nil {
					t.Error(err)
				}
				if got := storetest.Attach(t, url).Text(t, `SELECT (SELECT COUNT(*) FROM accounts WHERE restored_at > 0) * 10 + (SELECT COUNT(*) FROM producers WHERE ref = 'p')`); got != "11" {
					t.Errorf("got %s", got)
				}
			})
		}
	}
}

func TestABackupFileIsWholePrivateAndNeverOverwritten(t *testing.T) {
	t.Parallel()
	s := filled(t, storetest.URLs(t)["sqlite"](t))
	dir := t.TempDir()
	path := filepath.Join(dir, "b.lensan.gz")
	if _, _, size, err := s.BackupTo(t.Context(), path, false, store.BackupOptions{}); err != nil || size == 0 {
		t.Fatal(size, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	if _, _, _, err := s.BackupTo(t.Context(), path, false, store.BackupOptions{}); !errors.Is(err, store.ErrFileThere) {
		t.Errorf("a file that is there: %v", err)
	}
	if _, _, _, err := s.BackupTo(t.Context(), path, true, store.BackupOptions{}); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
