package dashboard

import (
	"cmp"
	"net/http"
	"strconv"

	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

// Reverting is what taking a run back would do, by what is on record now.
type Reverting struct {
	Changes []RevertChange
	Left    []RevertLeft // the first of what is left alone
	LeftN   int          // all of it
	Same    int          // as before the run already
	Closes  int          // would go off sale
	// Brake is the code of the brake that would stop it, Asked and Max by how
	// much; empty: none.
	Brake      string
	Asked, Max int
}

// RevertChange is how many listings of a marketplace get the same operations.
type RevertChange struct {
	Marketplace, Ops string
	N                int
}

// RevertLeft is a listing of which something is left alone, and why.
type RevertLeft struct {
	Marketplace, SKU, ProductCode string
	Reasons                       []catalog.Reason
}

// Total is how many listings would be put back.
func (r Reverting) Total() int {
	n := 0
	for _, c := range r.Changes {
		n += c.N
	}
	return n
}

type revertData struct {
	page
	Run   runLine
	Would Reverting
	Total int
	Left  []revertLeftView
	Brake string
	Open  bool
}

type revertLeftView struct {
	RevertLeft
	Name string
	What []string
}

var errRunOpen = say(http.StatusConflict, "Lượt chưa kết thúc: hủy hoặc chờ xong rồi mới hoàn lại được.", "The run has not ended: cancel it or wait before taking it back.")

// revertible reads a run that can be taken back.
func (d *Dashboard) revertible(ctx ctx, id string) (store.RunRow, error) {
	rows, _, err := d.Store.RunStatus(ctx, store.Page{}, id)
	switch {
	case err != nil:
		return store.RunRow{}, err
	case len(rows) == 0:
		return store.RunRow{}, store.ErrNoRun
	case rows[0].FinishedAt == 0:
		return store.RunRow{}, errRunOpen
	case d.Revert == nil:
		return store.RunRow{}, errNotFound
	}
	return rows[0], nil
}

// revertRun shows what taking a run back would do, before it is asked for.
func (d *Dashboard) revertRun(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx, id := r.Context(), r.PathValue("id")
	row, err := d.revertible(ctx, id)
	if err != nil {
		return err
	}
	data := &revertData{page: v.page("runs", v.tr("Hoàn lại lượt", "Take a run back")), Run: v.runLine(row)}
	if data.Would, err = d.Revert(ctx, id); err != nil {
		return err
	}
	data.Total = data.Would.Total()
	if data.Would.Brake != "" {
		e := explain("brake." + data.Would.Brake)
		data.Brake = v.tr(e.VI, e.EN)
	}
	var codes []string
	for _, l := range data.Would.Left {
		codes = append(codes, l.ProductCode)
	}
	names, err := d.Store.ProductNames(ctx, codes)
	if err != nil {
		return err
	}
	for _, l := range data.Would.Left {
		view := revertLeftView{RevertLeft: l, Name: names[l.ProductCode]}
		for _, reason := range l.Reasons {
			view.What = append(view.What, v.reasonWords(l.Marketplace, reason))
		}
		data.Left = append(data.Left, view)
	}
	return d.show(w, r, v, http.StatusOK, "revert", data)
}

// reasonWords says a reason, a field in it by its name and its value as people
// read it.
func (v *visit) reasonWords(lane string, reason catalog.Reason) string {
	args := map[string]string{}
	for k, value := range reason.Args {
		args[k] = value
	}
	if f := args["field"]; f != "" {
		args["field"] = fieldWord(v.lang, f)
		if there := v.diffText(lane, f, args["there"], nil); there != "" {
			args["there"] = there
		}
	}
	e := text.Explain(catalog.Reason{Code: reason.Code, Args: args})
	return v.tr(e.VI, e.EN)
}

// startRevert asks for a run to be taken back. What goes off sale by it is
// confirmed by its number, as everywhere.
func (d *Dashboard) startRevert(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := r.ParseForm(); err != nil {
		return say(http.StatusBadRequest, "Biểu mẫu không đọc được.", "The form can't be read.")
	}
	ask, err := d.revertRequest(r.Context(), r.PathValue("id"), r.PostForm.Get("confirm"))
	if err != nil {
		return err
	}
	return d.request(w, r, v, ask)
}

func (d *Dashboard) revertRequest(ctx ctx, id, confirm string) (store.RunRequest, error) {
	if _, err := d.revertible(ctx, id); err != nil {
		return store.RunRequest{}, err
	}
	would, err := d.Revert(ctx, id)
	if err != nil {
		return store.RunRequest{}, err
	}
	if would.Total() == 0 {
		return store.RunRequest{}, say(http.StatusConflict, "Không còn gì để hoàn lại.", "There is nothing left to take back.")
	}
	if n := strconv.Itoa(would.Closes); would.Closes > 0 && confirm != n {
		return store.RunRequest{}, say(http.StatusConflict, "Hoàn lại sẽ ẩn "+n+" mã hàng. Hãy quay lại và gõ đúng số đó để xác nhận.",
			"Taking it back closes "+n+" listings. Go back and type that number to confirm.")
	}
	return store.RunRequest{Kind: catalog.RunRevert, Policy: catalog.PolicySync, Reverts: id}, nil
}

type retryData struct {
	page
	Run    runLine
	State  string
	Reason string
	What   string
	SKUs   []string // the first ones
	N      int
}

// retryShown is how many SKUs the question names.
const retryShown = 60

// retryable lists the SKUs of a run that ended for one reason, or for any.
func (d *Dashboard) retryable(ctx ctx, id, state, reason string) ([]string, error) {
	state = cmp.Or(state, string(catalog.ItemFailed))
	if state != string(catalog.ItemFailed) && state != string(catalog.ItemCancelled) {
		return nil, say(http.StatusBadRequest, "Chỉ chạy lại được mã hàng không thành công hoặc đã hủy.", "Only failed or cancelled SKUs can be tried again.")
	}
	run, err := d.Store.GetRun(ctx, id)
	if err != nil {
		return nil, err
	}
	if run.Phase != catalog.PhaseEnded {
		return nil, say(http.StatusConflict, "Lượt chưa kết thúc: chờ xong rồi mới chạy lại được.", "The run has not ended: wait before trying again.")
	}
	skus, err := d.Store.EndedSKUs(ctx, id, state, reason)
	if err == nil && len(skus) == 0 {
		err = say(http.StatusConflict, "Không còn mã hàng nào để chạy lại.", "There is nothing left to try again.")
	}
	return skus, err
}

// retryRun asks whether what ended for one reason is to be tried again, its
// count first.
func (d *Dashboard) retryRun(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx, id, q := r.Context(), r.PathValue("id"), r.URL.Query()
	skus, err := d.retryable(ctx, id, q.Get("state"), q.Get("reason"))
	if err != nil {
		return err
	}
	rows, _, err := d.Store.RunStatus(ctx, store.Page{}, id)
	if err != nil {
		return err
	}
	data := &retryData{page: v.page("runs", v.tr("Chạy lại", "Try again")), Run: v.runLine(rows[0]), State: cmp.Or(q.Get("state"), string(catalog.ItemFailed)),
		Reason: q.Get("reason"), What: reasonTitle(v.lang, q.Get("reason")), N: len(skus), SKUs: skus[:min(retryShown, len(skus))]}
	return d.show(w, r, v, http.StatusOK, "retry", data)
}

// retry asks for a run over all SKUs of another that ended for one reason; it
// takes nothing off sale.
func (d *Dashboard) retry(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := r.ParseForm(); err != nil {
		return say(http.StatusBadRequest, "Biểu mẫu không đọc được.", "The form can't be read.")
	}
	skus, err := d.retryable(r.Context(), r.PathValue("id"), r.PostForm.Get("state"), r.PostForm.Get("reason"))
	if err != nil {
		return err
	}
	return d.request(w, r, v, retryRequest(skus))
}

func retryRequest(skus []string) store.RunRequest {
	return store.RunRequest{Kind: catalog.RunSync, Scope: catalog.Scope{SKUs: skus}, Policy: catalog.PolicyUpsertOnly}
}
