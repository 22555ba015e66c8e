package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"lensan/adapters/sandbox"
)

// people are buyers, sellers, moderators and staff: one doing at a time.
type people struct {
	w    *world
	rng  *rand.Rand
	ids  map[string][]string // product ids by market
	read time.Time
}

func (w *world) people(ctx context.Context) error {
	p := &people{w: w, rng: w.rng("people")}
	for sleep(ctx, time.Duration(40+p.rng.IntN(120))*time.Millisecond) {
		if err := p.act(); err != nil {
			return err
		}
	}
	return nil
}

// act does one thing to one product. What can't be done in its state is not.
func (p *people) act() error {
	m := markets[p.rng.IntN(len(markets))]
	choice, pick, n := p.rng.IntN(100), p.rng.IntN(1<<30), p.rng.Int64N(1<<30)
	view, ok, err := p.choose(m, pick)
	if err != nil || !ok {
		return err
	}
	sb := p.w.sandbox
	switch {
	case choice < 55:
		return p.leaveStock("sales", view, func() error { return sb.Sell(m, view.ID, 1+n%3) })
	case choice < 63:
		return p.edit("seller edits", view, map[string]any{"price": max(5000, view.Price/1000*1000+1000*(n%9-4))})
	case choice < 70:
		return p.edit("seller edits", view, map[string]any{"name": fmt.Sprintf("%s (shop sửa %d)", view.Name, n%90)})
	case choice < 75:
		field := map[string]string{sandbox.Postmart: "stock", sandbox.Voso: "quantity"}[m]
		return p.leaveStock("seller edits", view, func() error { return p.patch(view, map[string]any{field: n % (view.Stock + 1)}) })
	case choice < 78:
		p.w.figures.did("staff closures", 1)
		return sb.CloseByStaff(m, view.ID)
	case choice < 82:
		p.w.figures.did("staff releases", 1)
		return sb.ReleaseByStaff(m, view.ID)
	case choice < 87:
		return p.judge(view, sandbox.Verdict{Reasons: []sandbox.Reason{{Message: "Ảnh mờ, đề nghị chụp lại"}}})
	case choice < 95:
		return p.judge(view, sandbox.Verdict{})
	case choice < 96:
		p.w.figures.did("all pictures forgotten", 1)
		return sb.ForgetMedia(m)
	default:
		return p.block(m, view)
	}
}

// choose picks one of our products as it is now.
func (p *people) choose(m string, pick int) (sandbox.ProductView, bool, error) {
	if p.ids == nil || time.Since(p.read) > time.Second {
		p.ids, p.read = map[string][]string{}, time.Now()
		for _, on := range markets {
			for v := range p.w.sandbox.Products(on) {
				if v.SKU != "" && !strings.HasPrefix(v.SKU, strangePrefix) {
					p.ids[on] = append(p.ids[on], v.ID)
				}
			}
		}
	}
	if len(p.ids[m]) == 0 {
		return sandbox.ProductView{}, false, nil
	}
	v, err := p.w.sandbox.Product(m, p.ids[m][pick%len(p.ids[m])])
	return v, true, err
}

// leaveStock does what changes a stock and notes what it then is: nothing but
// people may change it from then on.
func (p *people) leaveStock(what string, v sandbox.ProductView, do func() error) error {
	p.w.figures.did(what, 1)
	if err := do(); err != nil {
		return err
	}
	now, err := p.w.sandbox.Product(v.Market, v.ID)
	if err != nil {
		return err
	}
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.w.stocks[v.Market+"/"+v.ID] = now.Stock
	return nil
}

func (p *people) edit(what string, v sandbox.ProductView, fields map[string]any) error {
	p.w.figures.did(what, 1)
	return p.patch(v, fields)
}

func (p *people) patch(v sandbox.ProductView, fields map[string]any) error {
	b, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	return p.w.sandbox.EditBySeller(v.Market, v.ID, b)
}

// judge has a moderator decide, or think again.
func (p *people) judge(v sandbox.ProductView, verdict sandbox.Verdict) error {
	if v.Status == "closed" || v.Status == "HIDDEN" || v.Status == "LOCKED" {
		return nil
	}
	what := "approvals"
	if len(verdict.Reasons) > 0 {
		what = "rejections"
	}
	p.w.figures.did(what, 1)
	return p.w.sandbox.Judge(v.Market, v.ID, verdict)
}

// block suspends a shop, or lets it work again.
func (p *people) block(m string, v sandbox.ProductView) error {
	to := "active"
	if p.rng.IntN(3) == 0 {
		to = "blocked"
	}
	p.w.figures.did("shops "+to, 1)
	return p.w.sandbox.SetShopStatus(m, v.Shop, to)
}
