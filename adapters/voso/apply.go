package voso

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"lensan/adapters"
	"lensan/adapters/rest"
)

// Apply sends the items in one call for each 50. An item without a clear
// result of its own is Ambiguous.
//
// When the envelope refuses a whole call for what one item may be to blame for,
// nothing was done (the contract says so): the call is halved until the item
// stands alone, so that it holds up no other.
func (a *Adapter) Apply(ctx context.Context, changes []adapters.Change) []adapters.Outcome {
	out := make([]adapters.Outcome, 0, len(changes))
	for part := range slices.Chunk(changes, batchSize) {
		out = append(out, a.applyPart(ctx, part)...)
	}
	return out
}

func (a *Adapter) applyPart(ctx context.Context, changes []adapters.Change) []adapters.Outcome {
	c, fault := a.batchCall(changes)
	var data batchData
	var resp *rest.Response
	if fault == nil {
		data, resp, fault = do(ctx, a, c, func(batchData) error { return nil })
	}
	if fault == nil {
		return a.outcomes(changes, data.Results, resp)
	}
	if len(changes) > 1 && perItem(fault) {
		half := len(changes) / 2
		return append(a.applyPart(ctx, changes[:half]), a.applyPart(ctx, changes[half:])...)
	}
	out := make([]adapters.Outcome, len(changes))
	for i, change := range changes {
		own := *fault
		own.SKU = change.SKU
		out[i] = adapters.Outcome{RemoteID: change.RemoteID, Err: &own}
		if own.Kind == adapters.KindExists {
			out[i].RemoteID = own.ExistingID
		}
	}
	return out
}

// batchCall puts the items' exact bytes into one request.
func (a *Adapter) batchCall(changes []adapters.Change) (call, *adapters.Error) {
	op := changes[0].Op
	c := call{op: "saveProducts", path: "/product/save-batch", mutates: true, sureRefusals: true}
	switch op {
	case adapters.OpCreate, adapters.OpUpdateContent, adapters.OpUpdateOffer, adapters.OpAdopt:
	case adapters.OpClose, adapters.OpReopen:
		c.op, c.path = "changeStatus", "/product/change-status"
	default:
		return c, &adapters.Error{Marketplace: Name, Op: string(op), Kind: adapters.KindUnsupported}
	}
	var body bytes.Buffer
	body.WriteString(`{"items":[`)
	for i, change := range changes {
		if change.Op != op || !json.Valid(change.Payload) {
			return c, &adapters.Error{Marketplace: Name, Op: c.op, Kind: adapters.KindUnknown, Err: errors.New("changes of one call must have one operation and a payload each")}
		}
		if i > 0 {
			body.WriteByte(',')
		}
		body.Write(change.Payload)
	}
	body.WriteString(`]}`)
	c.body = body.Bytes()
	if len(changes) == 1 {
		c.sku = changes[0].SKU
	}
	return c, nil
}

// outcomes gives each change its result. Results come in the order sent; where
// there are not as many as items, only one that names its item is believed.
func (a *Adapter) outcomes(changes []adapters.Change, results []result, resp *rest.Response) []adapters.Outcome {
	out := make([]adapters.Outcome, len(changes))
	for i, change := range changes {
		var r *result
		if len(results) == len(changes) {
			r = &results[i]
		} else {
			r = named(change, results)
		}
		out[i] = a.outcome(change, r, resp)
	}
	return out
}

// named finds the one result that names a change's item.
func named(change adapters.Change, results []result) *result {
	var found *result
	for i, r := range results {
		same := change.RemoteID != "" && r.ProductID != nil && *r.ProductID == change.RemoteID ||
			change.RemoteID == "" && r.SKU != "" && r.SKU == change.SKU
		if !same {
			continue
		}
		if found != nil {
			return nil
		}
		found = &results[i]
	}
	return found
}

func (a *Adapter) outcome(change adapters.Change, r *result, resp *rest.Response) adapters.Outcome {
	if r == nil || r.OK == nil || !fitting(change, *r) {
		return adapters.Outcome{RemoteID: change.RemoteID, Err: a.itemError(change, resp, &adapters.Error{
			Kind: adapters.KindAmbiguous, Code: "no_result", Err: errors.New("the answer has no clear result for this item"),
		})}
	}
	if *r.OK {
		id := change.RemoteID
		if id == "" {
			id = *r.ProductID
		}
		return adapters.Outcome{RemoteID: id}
	}
	field := ""
	if r.Field != nil {
		field = *r.Field
	}
	e := judgeCode(r.Code, field, r.Message)
	if r.Code == "SYSTEM_ERROR" && change.Op == adapters.OpCreate {
		// The item fell, but how far it got nobody says, and there is no
		// idempotency key: look before trying again.
		e.Kind = adapters.KindAmbiguous
	}
	o := adapters.Outcome{RemoteID: change.RemoteID, Err: a.itemError(change, resp, e)}
	if e.Kind == adapters.KindExists && change.Op == adapters.OpCreate && r.ProductID != nil {
		o.RemoteID, e.ExistingID = *r.ProductID, *r.ProductID
	}
	return o
}

// fitting tells whether a result is this item's: what it names of the item is
// the item's, and a product made has an id.
func fitting(change adapters.Change, r result) bool {
	if r.SKU != "" && change.Op == adapters.OpCreate && r.SKU != change.SKU {
		return false
	}
	if change.RemoteID != "" {
		return r.ProductID == nil || *r.ProductID == "" || *r.ProductID == change.RemoteID
	}
	return !*r.OK || r.ProductID != nil && *r.ProductID != ""
}

// itemError completes the error of one item of an answered call.
func (a *Adapter) itemError(change adapters.Change, resp *rest.Response, e *adapters.Error) *adapters.Error {
	e.Marketplace, e.SKU = Name, change.SKU
	e.Op = "saveProducts"
	if change.Op == adapters.OpClose || change.Op == adapters.OpReopen {
		e.Op = "changeStatus"
	}
	e.Status, e.RequestID, e.Code = resp.Status, resp.RequestID, rest.PlainCode(e.Code)
	for i, f := range e.Fields {
		e.Fields[i].Message = a.client.Redact(rest.PlainText(f.Message))
	}
	return e
}
