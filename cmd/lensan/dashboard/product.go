package dashboard

import (
	"bytes"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lensan/adapters"
	"lensan/cmd/lensan/text"
	"lensan/store"
	"lensan/store/catalog"
)

type productData struct {
	page
	Product      catalog.Product
	Standing     catalog.Standing
	Eligible     string // reason in words; empty: it is
	Producer     catalog.Producer
	Masked       bool
	SKUs         []skuView
	Recognitions []recognitionView
	Events       []store.Event
	Without      []laneView // a product without a SKU: why
	Doubts       []doubtView
	Live         int
	Lanes        int
}

type skuView struct {
	catalog.SKU
	Pictures []catalog.SKUImage
	Lanes    []laneView
	Fields   []fieldView
	Doubts   []doubtView
}

// laneView is one SKU on one marketplace.
type laneView struct {
	Marketplace string
	catalog.Listing
	Bucket  store.Bucket
	Reasons []reasonView
	Words   []string // of moderators, that no reason says already
	Shop    catalog.Shop
	Open    bool // a request's outcome is not known
}

type reasonView struct{ What, How, Who string }

type recognitionView struct {
	catalog.Recognition
	LastDay catalog.Day
	Derived bool
	Current bool
	Doubts  []string
}

type doubtView struct{ Where, Value, What, How string }

func (d *Dashboard) sku(w http.ResponseWriter, r *http.Request, v *visit) error {
	code, err := d.Store.ProductOf(r.Context(), r.PathValue("sku"))
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/products/"+code, http.StatusSeeOther)
	return nil
}

func (d *Dashboard) product(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx, code := r.Context(), r.PathValue("code")
	subjects, err := d.Store.ProductSubjects(ctx, code)
	if err != nil {
		return err
	}
	first := subjects[0]
	data := &productData{page: v.page("listings", first.Product.Name), Product: first.Product, Standing: first.Standing,
		Producer: v.private(first.Producer), Masked: v.user.role < roleOperator, Lanes: len(first.Lanes)}
	if reason, _ := first.Standing.Eligibility(d.Today()); reason != "" {
		e := text.Explain(catalog.Reason{Code: reason, Args: standingArgs(v, first.Standing)})
		data.Eligible = v.tr(e.VI, e.EN)
	}
	data.Doubts = v.doubts(first.Product.Doubts)
	places, err := v.places(ctx)
	if err != nil {
		return err
	}
	for _, s := range subjects {
		if s.SKU == nil {
			continue
		}
		sku := v.skuView(s, places)
		for _, l := range sku.Lanes {
			if l.MarketState == string(adapters.Live) {
				data.Live++
			}
		}
		data.SKUs = append(data.SKUs, sku)
	}
	if len(data.SKUs) == 0 {
		rows, _, err := d.Store.ProductStatus(ctx, store.Filter{Products: []string{code}}, store.Page{})
		if err != nil {
			return err
		}
		for _, row := range rows {
			data.Without = append(data.Without, laneView{Marketplace: row.Marketplace, Bucket: store.BucketFor(row.SyncState, row.MarketState, row.ReasonCode),
				Reasons: []reasonView{{What: v.tr(row.ReasonVI, row.ReasonEN), Who: row.WhoFixes}}})
		}
	}
	if data.Recognitions, err = v.recognitions(ctx, code, first.Standing); err != nil {
		return err
	}
	if data.Events, err = d.Store.ProductEvents(ctx, code, 100); err != nil {
		return err
	}
	return d.show(w, r, v, http.StatusOK, "product", data)
}

func standingArgs(v *visit, s catalog.Standing) map[string]string {
	return map[string]string{"decision": s.Number, "valid_until": text.Day(v.lang, s.ValidUntil), "stars": strconv.Itoa(s.Stars)}
}

func (v *visit) recognitions(ctx ctx, code string, current catalog.Standing) ([]recognitionView, error) {
	all, err := v.d.Store.RecognitionsOf(ctx, code)
	if err != nil {
		return nil, err
	}
	var out []recognitionView
	for _, r := range all {
		view := recognitionView{Recognition: r, Current: r.Number == current.Number && r.Date == current.Date && r.Authority == current.Authority}
		view.LastDay, view.Derived = r.LastDay()
		for _, code := range r.Doubts {
			e := explain(code)
			view.Doubts = append(view.Doubts, v.tr(e.VI, e.EN))
		}
		out = append(out, view)
	}
	return out, nil
}

func (v *visit) doubts(doubts map[string]catalog.Doubt) []doubtView {
	var out []doubtView
	for _, d := range doubts {
		e := text.Explain(catalog.Reason{Code: d.Reason, Args: d.Args})
		out = append(out, doubtView{Where: d.Sheet + " · " + d.Cell, Value: d.Value, What: v.tr(e.VI, e.EN), How: v.tr(e.FixVI, e.FixEN)})
	}
	slices.SortFunc(out, func(a, b doubtView) int { return compareText(a.Where, b.Where) })
	return out
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (v *visit) skuView(s catalog.Subject, places map[string]string) skuView {
	out := skuView{SKU: *s.SKU, Doubts: v.doubts(s.SKU.Doubts)}
	out.Pictures = s.SKU.Images
	var names []string
	for name := range s.Lanes {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		side := s.Lanes[name]
		code := ""
		if len(side.Listing.Reasons) > 0 {
			code = side.Listing.Reasons[0].Code
		}
		lane := laneView{Marketplace: name, Listing: side.Listing, Shop: side.Shop, Open: side.OpenIntent}
		if side.Listing.SyncState == "" {
			lane.Bucket = store.BucketNotPlanned
		} else {
			lane.Bucket = store.BucketFor(string(side.Listing.SyncState), side.Listing.MarketState, code)
		}
		for _, reason := range side.Listing.Reasons {
			e := text.Explain(reason)
			lane.Reasons = append(lane.Reasons, reasonView{v.tr(e.VI, e.EN), v.tr(e.FixVI, e.FixEN), string(e.Who)})
		}
		for _, r := range side.Listing.Rejections {
			said := slices.ContainsFunc(lane.Reasons, func(x reasonView) bool { return strings.Contains(x.What, r.Message) })
			if r.Message != "" && !said {
				lane.Words = append(lane.Words, r.Message)
			}
		}
		out.Lanes = append(out.Lanes, lane)
	}
	out.Fields = v.fields(s, names, places)
	return out
}

var isSHA256 = regexp.MustCompile(`^[0-9a-f]{64}$`)

// picture serves a stored picture. Its address is its content, so it never
// changes.
func (d *Dashboard) picture(w http.ResponseWriter, r *http.Request, v *visit) error {
	sum := r.PathValue("sha256")
	if !isSHA256.MatchString(sum) {
		return errNotFound
	}
	w.Header().Set("ETag", `"`+sum+`"`)
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	if r.Header.Get("If-None-Match") == `"`+sum+`"` {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	kind, data, err := d.Store.PictureBytes(r.Context(), sum)
	if err != nil {
		w.Header().Del("ETag")
		w.Header().Set("Cache-Control", "no-store")
		return err
	}
	if kind != "image/jpeg" && kind != "image/png" {
		return errNotFound
	}
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	return nil
}
