package voso

import (
	"encoding/json"
	"strings"
	"time"

	"lensan/adapters"
	"lensan/adapters/rest"
)

// verdict is what a code of the contract means to a caller.
type verdict struct {
	kind   adapters.Kind
	field  string // of the offer or shop, where the code names one
	reason string // reason code for that field
}

// verdicts is the whole list of codes in the contract.
var verdicts = map[string]verdict{
	"LOGIN_FAILED":                  {kind: adapters.KindUnauthorized},
	"LOGIN_LOCKED":                  {kind: adapters.KindThrottled},
	"TOKEN_INVALID":                 {kind: adapters.KindUnauthorized},
	"RATE_LIMITED":                  {kind: adapters.KindThrottled},
	"CLIENT_BANNED":                 {kind: adapters.KindThrottled},
	"VALIDATE_ERROR":                {kind: adapters.KindInvalid},
	"BATCH_TOO_LARGE":               {kind: adapters.KindUnknown}, // a defect of ours
	"SHOP_NOT_FOUND":                {adapters.KindInvalid, "shop", "shop.unknown"},
	"SHOP_INACTIVE":                 {adapters.KindLocked, "shop", "shop.suspended"},
	"SHOP_CODE_DUPLICATED":          {kind: adapters.KindExists},
	"PRODUCT_NOT_FOUND":             {kind: adapters.KindNotFound},
	"PRODUCT_SKU_DUPLICATED":        {kind: adapters.KindExists},
	"PRODUCT_LOCKED":                {kind: adapters.KindLocked},
	"CATEGORY_INVALID":              {adapters.KindInvalid, "category", "category.unknown"},
	"IMAGE_NOT_FOUND":               {adapters.KindInvalid, "images", "images.unknown"},
	"IMAGE_TOO_LARGE":               {adapters.KindInvalid, "images", "images.too_large"},
	"IMAGE_FORMAT":                  {adapters.KindInvalid, "images", "images.bad_format"},
	"IMAGE_DIMENSION":               {adapters.KindInvalid, "images", "images.out_of_range"},
	"DESCRIPTION_FORBIDDEN_CONTACT": {adapters.KindInvalid, "description", "description.contact"},
	"PRICE_INVALID":                 {adapters.KindInvalid, "price", "voso.price_invalid"},
	"OCOP_EXPIRED":                  {adapters.KindInvalid, "ocop", "ocop.expired"},
	// Somebody gave the product a SKU after we read it: look again.
	"SKU_FIXED":    {adapters.KindConflict, "sku", "voso.sku_fixed"},
	"SYSTEM_BUSY":  {kind: adapters.KindTransient},
	"SYSTEM_ERROR": {kind: adapters.KindTransient},
}

// How long to wait where the answer does not say.
const (
	loginLock = 5 * time.Minute
	ban       = time.Minute
	limit     = time.Second
)

// classify reads the envelope of an answer: nil when it is no failure, or no
// envelope at all (then the rest client judges it by what it looks like).
func classify(_ rest.Request, resp *rest.Response) *adapters.Error {
	if resp.Status != 200 && resp.Status != 429 {
		return nil // the application answers 200 always: this is a gateway's
	}
	var env envelope
	if json.Unmarshal(resp.Body, &env) != nil || env.Error == nil || !*env.Error {
		return nil
	}
	e := judgeCode(env.Code, "", env.Message)
	if e.Kind == adapters.KindThrottled {
		e.RetryAfter = wait(env.Code, env.Data)
	}
	return e
}

// judgeCode turns a code into an error; field is the one the answer names.
func judgeCode(code, field, message string) *adapters.Error {
	e := &adapters.Error{Kind: adapters.KindUnknown, Code: code}
	v, known := verdicts[code]
	if known {
		e.Kind = v.kind
	}
	if v.field != "" {
		e.Fields = []adapters.FieldError{{Field: v.field, Code: v.reason, Message: message}}
	} else if e.Kind == adapters.KindInvalid {
		e.Fields = []adapters.FieldError{{Field: offerField(field), Code: "voso." + strings.ToLower(code), Message: message}}
	}
	return e
}

func wait(code string, data json.RawMessage) time.Duration {
	var h hint
	if json.Unmarshal(data, &h) == nil && h.RetryAfterMs > 0 {
		return time.Duration(min(h.RetryAfterMs, int64(time.Hour/time.Millisecond))) * time.Millisecond
	}
	switch code {
	case "LOGIN_LOCKED":
		return loginLock
	case "CLIENT_BANNED":
		return ban
	}
	return limit
}

// offerFields maps the contract's names to those of an offer or a shop.
var offerFields = map[string]string{
	"name": "name", "description": "description", "categoryId": "category", "unitName": "unit", "weight": "weight",
	"imageIds": "images", "origin": "origin", "ocop": "ocop", "properties": "attributes", "price": "price",
	"listPrice": "list_price", "quantity": "stock", "sku": "sku", "shopId": "shop", "shopName": "shop",
	"phone": "phone", "taxCode": "tax_code", "wardCode": "commune", "provinceCode": "commune", "address": "address",
	"partnerShopCode": "producer",
}

// offerField maps "ocop.level", "imageIds[2]" or "items[0].name".
func offerField(wire string) string {
	parts := strings.FieldsFunc(wire, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
	for _, part := range parts {
		if f, ok := offerFields[part]; ok {
			return f
		}
	}
	return ""
}

// perItem tells whether a refusal of a whole call may be the fault of one of
// its items, so that sending the others without it is worth while.
func perItem(e *adapters.Error) bool {
	switch e.Kind {
	case adapters.KindInvalid, adapters.KindNotFound, adapters.KindExists, adapters.KindConflict, adapters.KindLocked:
		return true
	}
	return e.Code == "BATCH_TOO_LARGE"
}
