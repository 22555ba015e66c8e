package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Control is the handler of the control port: faults, people and the ledger as
// JSON over HTTP. GET / lists what it knows. {market} is postmart or voso;
// times are written "1.5s". An answer other than 200 has {"error": "…"}.
func (sb *Sandbox) Control() http.Handler { return sb.control }

type controlCall struct {
	pattern, says string
	do            func(r *http.Request) (any, error)
}

var errBadRequest = errors.New("sandbox: bad request")

func newControl(sb *Sandbox) http.Handler {
	calls := sb.controlCalls()
	mux := http.NewServeMux()
	for _, c := range calls {
		mux.HandleFunc(c.pattern, func(w http.ResponseWriter, r *http.Request) {
			out, err := c.do(r)
			reply := jsonAnswer(http.StatusOK, "", out)
			switch {
			case errors.Is(err, ErrUnknown):
				reply = jsonAnswer(http.StatusNotFound, "", map[string]string{"error": err.Error()})
			case err != nil:
				reply = jsonAnswer(http.StatusBadRequest, "", map[string]string{"error": err.Error()})
			}
			write(w, reply)
		})
	}
	mux.HandleFunc("GET /{market}/products", sb.controlProducts)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprintln(w, "MÔI TRƯỜNG THỬ · SANDBOX control port")
		for _, c := range calls {
			_, _ = fmt.Fprintf(w, "%-44s %s\n", c.pattern, c.says)
		}
		_, _ = fmt.Fprintf(w, "%-44s %s\n", "GET /{market}/products", "every product, a JSON object a line; ?sku=")
	})
	return labelled(mux)
}

func (sb *Sandbox) controlCalls() []controlCall {
	at := func(r *http.Request) string { return r.PathValue("market") }
	id := func(r *http.Request) string { return r.PathValue("id") }
	return append([]controlCall{
		{"GET /{market}/faults", "the faults set, and how often each struck", func(r *http.Request) (any, error) {
			f, err := sb.Faults(at(r))
			return map[string]any{"faults": f}, err
		}},
		{"POST /faults", "set a fault {market, op, kind, …}; answers its id", func(r *http.Request) (any, error) {
			var f Fault
			if err := readJSON(r, &f); err != nil {
				return nil, err
			}
			id, err := sb.SetFault(f)
			return map[string]string{"id": id}, err
		}},
		{"DELETE /{market}/faults", "remove every fault", func(r *http.Request) (any, error) {
			return nil, sb.ClearFaults(at(r))
		}},
		{"DELETE /{market}/faults/{id}", "remove a fault", func(r *http.Request) (any, error) {
			return nil, sb.ClearFault(at(r), id(r))
		}},
		{"GET /{market}/ledger", "what was counted", func(r *http.Request) (any, error) { return sb.Ledger(at(r)) }},
		{"POST /{market}/ledger/reset", "count anew", func(r *http.Request) (any, error) {
			return nil, sb.ResetLedger(at(r))
		}},
		{"GET /{market}/counts", "products by status", func(r *http.Request) (any, error) { return sb.Counts(at(r)) }},
		{"GET /{market}/shops", "every shop", func(r *http.Request) (any, error) {
			s, err := sb.Shops(at(r))
			return map[string]any{"shops": s}, err
		}},
		{"GET /{market}/late", "writes still to be carried out: n, last", func(r *http.Request) (any, error) {
			n, last, err := sb.LateWrites(at(r))
			return map[string]any{"n": n, "last": last}, err
		}},
		{"GET /{market}/products/{id}", "one product", func(r *http.Request) (any, error) {
			return sb.Product(at(r), id(r))
		}},
	}, sb.controlActions()...)
}

// controlActions are the calls that people's doings and the marketplace's
// moods stand behind.
func (sb *Sandbox) controlActions() []controlCall {
	at := func(r *http.Request) string { return r.PathValue("market") }
	id := func(r *http.Request) string { return r.PathValue("id") }
	return []controlCall{
		{"POST /{market}/products", "made by hand {shop|shop_ref, name, price, …}", func(r *http.Request) (any, error) {
			var h HandMade
			if err := readJSON(r, &h); err != nil {
				return nil, err
			}
			id, err := sb.AddByHand(at(r), h)
			return map[string]string{"id": id}, err
		}},
		{"POST /{market}/products/{id}/edit", "edited by its seller: a merge patch", func(r *http.Request) (any, error) {
			var patch json.RawMessage
			if err := readJSON(r, &patch); err != nil {
				return nil, err
			}
			return nil, sb.EditBySeller(at(r), id(r), patch)
		}},
		{"POST /{market}/products/{id}/sell", "sold {n}, default 1", func(r *http.Request) (any, error) {
			in := struct{ N int64 }{1}
			if err := readJSON(r, &in); err != nil {
				return nil, err
			}
			return nil, sb.Sell(at(r), id(r), in.N)
		}},
		{"POST /{market}/products/{id}/close", "closed or locked by staff {reasons}", func(r *http.Request) (any, error) {
			var v Verdict
			if err := readJSON(r, &v); err != nil {
				return nil, err
			}
			return nil, sb.CloseByStaff(at(r), id(r), v.Reasons...)
		}},
		{"POST /{market}/products/{id}/release", "released by staff", func(r *http.Request) (any, error) {
			return nil, sb.ReleaseByStaff(at(r), id(r))
		}},
		{"POST /{market}/products/{id}/judge", "judged: live, or {reasons}", func(r *http.Request) (any, error) {
			var v Verdict
			if err := readJSON(r, &v); err != nil {
				return nil, err
			}
			return nil, sb.Judge(at(r), id(r), v)
		}},
		{"POST /{market}/reviews/finish", "end every running review", func(r *http.Request) (any, error) {
			return nil, sb.FinishReviews(at(r))
		}},
		{"POST /{market}/shops/{id}/status", "{status: waiting|active|blocked}", func(r *http.Request) (any, error) {
			var in struct{ Status string }
			if err := readJSON(r, &in); err != nil {
				return nil, err
			}
			return nil, sb.SetShopStatus(at(r), id(r), in.Status)
		}},
		{"POST /{market}/media/forget", "forget images {ids}, none named: all", func(r *http.Request) (any, error) {
			var in struct{ IDs []string }
			if err := readJSON(r, &in); err != nil {
				return nil, err
			}
			return nil, sb.ForgetMedia(at(r), in.IDs...)
		}},
		{"POST /{market}/tokens/revoke", "end every token", func(r *http.Request) (any, error) {
			return nil, sb.RevokeTokens(at(r))
		}},
		{"POST /{market}/clock", "its clock is off {by: 5m}", func(r *http.Request) (any, error) {
			d, err := readSpan(r, "by")
			if err != nil {
				return nil, err
			}
			return nil, sb.SetClock(at(r), d)
		}},
		{"POST /voso/ban", "ban {for: 60s}", func(r *http.Request) (any, error) {
			d, err := readSpan(r, "for")
			if err != nil {
				return nil, err
			}
			return nil, sb.BanClients(d)
		}},
		{"POST /voso/login-lock", "lock sign-in {for: 5m}", func(r *http.Request) (any, error) {
			d, err := readSpan(r, "for")
			if err != nil {
				return nil, err
			}
			return nil, sb.LockLogins(d)
		}},
	}
}

// readJSON reads a body; none is as good as {}.
func readJSON(r *http.Request, into any) error {
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil && r.ContentLength != 0 {
		return fmt.Errorf("%w: %w", errBadRequest, err)
	}
	return nil
}

func readSpan(r *http.Request, field string) (time.Duration, error) {
	var in map[string]string
	if err := readJSON(r, &in); err != nil {
		return 0, err
	}
	if strings.TrimSpace(in[field]) == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(in[field])
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errBadRequest, err)
	}
	return d, nil
}

// controlProducts streams: a marketplace may hold more than fits in memory
// twice.
func (sb *Sandbox) controlProducts(w http.ResponseWriter, r *http.Request) {
	on := r.PathValue("market")
	if _, err := sb.market(on); err != nil {
		write(w, jsonAnswer(http.StatusNotFound, "", map[string]string{"error": err.Error()}))
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	out := json.NewEncoder(w)
	if sku, asked := r.URL.Query()["sku"]; asked {
		found, _ := sb.BySKU(on, sku[0]) // the marketplace is known
		for _, p := range found {
			_ = out.Encode(p) // the reader has gone
		}
		return
	}
	for p := range sb.Products(on) {
		if out.Encode(p) != nil {
			return
		}
	}
}
