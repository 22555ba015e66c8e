package postmart

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"lensan/adapters"
	"lensan/adapters/rest"
)

// Apply sends changes of one Op; see adapters.Adapter. Prices and stock travel
// together, all else one by one.
func (a *Adapter) Apply(ctx context.Context, changes []adapters.Change) []adapters.Outcome {
	out := make([]adapters.Outcome, 0, len(changes))
	if len(changes) > 0 && changes[0].Op == adapters.OpUpdateOffer {
		for start := 0; start < len(changes); start += batchSize {
			out = append(out, a.applyOffers(ctx, changes[start:min(start+batchSize, len(changes))])...)
		}
		return out
	}
	for _, c := range changes {
		out = append(out, a.applyOne(ctx, c))
	}
	return out
}

func (a *Adapter) applyOne(ctx context.Context, c adapters.Change) adapters.Outcome {
	req := request(c)
	code := ""
	switch c.Op {
	case adapters.OpCreate:
		if !keyForm(c.Key) || len(c.Payload) == 0 {
			code = codeKeyForm
		}
	case adapters.OpUpdateContent, adapters.OpAdopt:
		if c.RemoteID == "" || c.Version == "" || len(c.Payload) == 0 {
			code = codeIncomplete
		}
	case adapters.OpClose, adapters.OpReopen:
		if c.RemoteID == "" {
			code = codeIncomplete
		}
	default:
		return adapters.Outcome{Err: &adapters.Error{Marketplace: name, Op: string(c.Op), SKU: c.SKU, Kind: adapters.KindUnsupported}}
	}
	if code != "" {
		return adapters.Outcome{Err: localFault(req.Op, c.SKU, code)}
	}
	return a.change(ctx, c, req)
}

// applyOffers sends one batch. One that is refused whole, for the sake of one
// item, was not carried out: it is halved until that item stands alone.
func (a *Adapter) applyOffers(ctx context.Context, changes []adapters.Change) []adapters.Outcome {
	answers, err := a.batchOffers(ctx, changes)
	if err != nil && len(changes) > 1 && refusedWhole(err) {
		half := len(changes) / 2
		return append(a.applyOffers(ctx, changes[:half]), a.applyOffers(ctx, changes[half:])...)
	}
	out := make([]adapters.Outcome, len(changes))
	for i, c := range changes {
		switch {
		case err != nil:
			own := *err
			own.SKU = c.SKU
			out[i].Err = &own
		default:
			out[i] = a.offerOutcome(c, answerFor(answers, i, c.RemoteID))
		}
	}
	return out
}

// refusedWhole tells whether a batch was refused for its content.
func refusedWhole(err *adapters.Error) bool {
	return err.Kind == adapters.KindInvalid || err.Kind == adapters.KindUnknown && err.Code == codeValidation
}

// answerFor finds the answer of the item i: in its place, or, where items were
// left out, by its product.
func answerFor(answers []batchAnswer, i int, id string) *batchAnswer {
	if i < len(answers) && answers[i].ProductID == id {
		return &answers[i]
	}
	for k := range answers {
		if answers[k].ProductID == id {
			return &answers[k]
		}
	}
	return nil
}

func (a *Adapter) offerOutcome(c adapters.Change, answer *batchAnswer) adapters.Outcome {
	fault := func(e *adapters.Error) adapters.Outcome {
		e.Marketplace, e.Op, e.SKU = name, opBatchOffers, c.SKU
		e.Code = rest.PlainCode(e.Code)
		for i := range e.Fields {
			e.Fields[i].Message = a.client.Redact(e.Fields[i].Message)
		}
		return adapters.Outcome{Err: e}
	}
	switch {
	case answer == nil:
		return fault(&adapters.Error{Kind: adapters.KindAmbiguous, Status: http.StatusMultiStatus, Code: codeUnanswered, Err: errors.New("the answer leaves the item out")})
	case answer.Status == http.StatusOK && answer.Version > 0:
		return adapters.Outcome{RemoteID: c.RemoteID, Version: strconv.FormatInt(answer.Version, 10)}
	case answer.Status == http.StatusOK:
		return adapters.Outcome{RemoteID: c.RemoteID}
	case answer.Error != nil && answer.Error.Code != "" && answer.Status >= 400:
		e := failure(answer.Status, answer.Error)
		if e.Kind == adapters.KindTransient {
			e.Kind = adapters.KindAmbiguous
		}
		return fault(e)
	}
	return fault(&adapters.Error{Kind: adapters.KindAmbiguous, Status: answer.Status, Code: codeUnanswered, Err: errors.New("the answer says nothing of the item")})
}
