package postmart

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"lensan/adapters"
	"lensan/adapters/rest"
)

// The codes of the contract.
const (
	codeInvalidClient     = "invalid_client"          // 401
	codeTokenExpired      = "token_expired"           // 401
	codeForbidden         = "forbidden"               // 403
	codeShopSuspended     = "shop_suspended"          // 403; 409 in a batch
	codeClosedByStaff     = "closed_by_marketplace"   // 403; 409 in a batch
	codeNotFound          = "not_found"               // 404
	codeValidation        = "validation_failed"       // 400, 422
	codeSKUExists         = "sku_exists"              // 409
	codeProducerExists    = "producer_exists"         // 409
	codeKeyReused         = "idempotency_key_reused"  // 422
	codeKeyInProgress     = "idempotency_in_progress" // 409
	codeVersionConflict   = "version_conflict"        // 412
	codeCursorExpired     = "cursor_expired"          // 410
	codeMediaTooLarge     = "media_too_large"         // 413
	codeMediaUnsupported  = "media_unsupported"       // 415
	codeMediaUnknown      = "media_unknown"           // 422
	codeRateLimited       = "rate_limited"            // 429
	codeMaintenance       = "maintenance"             // 503
	codeInternal          = "internal"                // 500
	codeWebhookSignature  = "webhook_signature"       // ours: not signed with the secret
	codeWebhookTime       = "webhook_time"            // ours: too old, or from the future
	codeWebhookBody       = "webhook_body"            // ours: not an event of the contract
	codeSecretMissing     = "webhook_secret_missing"  // ours: none is set
	codeKeyForm           = "idempotency_key_form"    // ours: a create without a usable key
	codeIncomplete        = "change_incomplete"       // ours: a change without id, version or bytes
	codeUnanswered        = "item_unanswered"         // ours: a batch's answer lacks the item
	codeListingIncomplete = "list_incomplete"         // ours: the pages don't lead to an end
)

// kinds maps each code to what a caller can do about it.
var kinds = map[string]adapters.Kind{
	codeInvalidClient:    adapters.KindUnauthorized,
	codeTokenExpired:     adapters.KindUnauthorized,
	codeForbidden:        adapters.KindUnauthorized, // the account may not: no product's fault
	codeShopSuspended:    adapters.KindLocked,
	codeClosedByStaff:    adapters.KindLocked,
	codeNotFound:         adapters.KindNotFound,
	codeValidation:       adapters.KindInvalid,
	codeSKUExists:        adapters.KindExists,
	codeProducerExists:   adapters.KindExists,
	codeKeyReused:        adapters.KindConflict, // the key's first request had another body: look
	codeKeyInProgress:    adapters.KindAmbiguous,
	codeVersionConflict:  adapters.KindConflict,
	codeCursorExpired:    adapters.KindTransient,
	codeMediaTooLarge:    adapters.KindInvalid,
	codeMediaUnsupported: adapters.KindInvalid,
	codeMediaUnknown:     adapters.KindInvalid,
	codeRateLimited:      adapters.KindThrottled,
	codeMaintenance:      adapters.KindUnavailable,
	codeInternal:         adapters.KindTransient,
}

// classify reads a JSON answer. What is no failure of the contract is left to
// rest: nothing but the application's own code says "not found".
func classify(req rest.Request, resp *rest.Response) *adapters.Error {
	if resp.Status >= 200 && resp.Status < 300 {
		return nil
	}
	var answer struct {
		Error *errorBody `json:"error"`
	}
	if err := json.Unmarshal(resp.Body, &answer); err != nil || answer.Error == nil || answer.Error.Code == "" {
		return nil
	}
	if kinds[answer.Error.Code] == adapters.KindNone && resp.Status >= 500 {
		return nil // whoever answered, it tells nothing of the request
	}
	e := failure(resp.Status, answer.Error)
	if e.Kind == adapters.KindThrottled {
		e.RetryAfter = reset(resp.Header)
	}
	if e.Kind == adapters.KindNotFound && req.Op == opCreate {
		// The shop is meant. For a caller "not found" would be the product.
		e.Kind = adapters.KindInvalid
		e.Fields = []adapters.FieldError{{Field: "shop", Code: "shop.unknown"}}
	}
	return e
}

// failure makes an error of an error body, which came with status.
func failure(status int, body *errorBody) *adapters.Error {
	e := &adapters.Error{Status: status, Code: body.Code, ExistingID: body.ExistingID, Kind: kinds[body.Code]}
	if e.Kind == adapters.KindNone {
		e.Kind = kindOfStatus(status)
	}
	form := false
	for _, f := range body.Fields {
		field, code, ours := fieldReason(f)
		form = form || !ours
		e.Fields = append(e.Fields, adapters.FieldError{Field: field, Code: code, Message: rest.PlainText(f.Message)})
	}
	switch {
	case body.Code == codeMediaTooLarge && len(e.Fields) == 0:
		e.Fields = []adapters.FieldError{{Field: "images", Code: "images.too_large"}}
	case body.Code == codeMediaUnsupported && len(e.Fields) == 0:
		e.Fields = []adapters.FieldError{{Field: "images", Code: "images.bad_format"}}
	case e.Kind == adapters.KindInvalid && form:
		// Wrong in form: no datum of the register can mend our own request.
		e.Kind = adapters.KindUnknown
		e.Err = errors.New("the marketplace refuses the form of the request")
	}
	return e
}

// kindOfStatus is for refusals with codes that the contract does not have.
func kindOfStatus(status int) adapters.Kind {
	switch {
	case status == http.StatusUnauthorized:
		return adapters.KindUnauthorized
	case status == http.StatusTooManyRequests:
		return adapters.KindThrottled
	case status >= 500:
		return adapters.KindTransient // of one item in a batch
	}
	return adapters.KindUnknown
}

// reset is how long until the window has room: the fraction in
// X-RateLimit-Reset is finer than Retry-After, which rest reads.
func reset(h http.Header) time.Duration {
	seconds, err := strconv.ParseFloat(strings.TrimSpace(h.Get("X-RateLimit-Reset")), 64)
	if err != nil || math.IsNaN(seconds) || seconds <= 0 {
		return 0
	}
	d := time.Duration(min(seconds, 1e6) * float64(time.Second))
	// A Retry-After that is more than its rounding away is meant otherwise.
	if whole, err := strconv.Atoi(h.Get("Retry-After")); err == nil {
		if asked := time.Duration(min(whole, 1_000_000)) * time.Second; asked > d+time.Second {
			return asked
		}
	}
	return d
}

// wireFields maps the contract's field names to ours.
var wireFields = map[string]string{
	"name": "name", "description_html": "description", "category_id": "category", "unit": "unit", "weight_g": "weight",
	"images": "images", "file": "images", "origin": "origin", "ocop": "ocop", "attributes": "attributes",
	"price": "price", "list_price": "list_price", "stock": "stock", "sku": "sku", "shop_id": "shop",
	"origin.producer": "producer", "origin.ward_code": "commune", "origin.province_code": "origin", "origin.traceability_url": "origin",
	"producer_ref": "producer", "phone": "phone", "tax_code": "tax_code", "ward_code": "commune", "province_code": "commune", "address": "address",
}

// wireFaults maps the contract's field codes to what a reason code says.
var wireFaults = map[string]string{
	"required": "missing", "too_short": "too_short", "too_long": "too_long", "out_of_range": "out_of_range",
	"bad_format": "bad_format", "unknown": "unknown", "not_allowed": "not_allowed",
}

// ownReasons are pairs of field and code that mean something of their own.
var ownReasons = map[[2]string]string{
	{"ocop.valid_until", "out_of_range"}:      "ocop.expired",
	{"ocop.valid_until", "required"}:          "ocop.validity_missing",
	{"ocop.valid_until", "bad_format"}:        "ocop.validity_bad_format",
	{"ocop.recognised_on", "required"}:        "ocop.date_missing",
	{"ocop.recognised_on", "bad_format"}:      "ocop.date_bad_format",
	{"ocop.decision_no", "required"}:          "ocop.decision_missing",
	{"ocop.decision_no", "too_long"}:          "ocop.decision_too_long",
	{"ocop.stars", "out_of_range"}:            "ocop.stars_out_of_range",
	{"origin.traceability_url", "bad_format"}: "origin.link_bad_format",
	{"images", "too_long"}:                    "images.too_many",
	{"file", "out_of_range"}:                  "images.too_small",
	{"origin.province_code", "bad_format"}:    "origin.bad_format",
	{"list_price", "out_of_range"}:            "list_price.below_price",
}

var subscript = regexp.MustCompile(`\[\d*\]`)

// fieldReason puts a refused field into our words. ours false: it is no field
// of an offer or a shop but of the request's form.
func fieldReason(f fieldError) (field, code string, ours bool) {
	path := subscript.ReplaceAllString(f.Field, "")
	path = strings.TrimPrefix(path, "items.")
	root, _, _ := strings.Cut(path, ".")
	name, ours := wireFields[path]
	if !ours {
		name, ours = wireFields[root]
	}
	if !ours {
		return rest.PlainCode(f.Field), "postmart." + codeValidation, false
	}
	field = name
	if root == "origin" || root == "ocop" {
		field = root
	}
	if code = ownReasons[[2]string{path, f.Code}]; code != "" {
		return field, code, true
	}
	what := wireFaults[f.Code]
	if what == "" {
		what = "not_allowed"
	}
	return field, name + "." + what, true
}
