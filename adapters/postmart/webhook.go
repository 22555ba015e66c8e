package postmart

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lensan/adapters"
)

// webhookWindow is how far an event's time may be off.
const webhookWindow = 300 * time.Second

// VerifyWebhook checks that an event was signed with the webhook secret within
// five minutes of now, and returns the product to look at. An event is a hint:
// it may come twice, late or out of order.
func (a *Adapter) VerifyWebhook(header http.Header, body []byte, now time.Time) ([]string, *adapters.Error) {
	if a.cfg.WebhookSecret == "" {
		return nil, webhookFault(adapters.KindUnsupported, codeSecretMissing, "no webhook secret is set: LENSAN_POSTMART_WEBHOOK_SECRET")
	}
	stamp := strings.TrimSpace(header.Get("X-Postmart-Timestamp"))
	given, err := hex.DecodeString(strings.TrimSpace(header.Get("X-Postmart-Signature")))
	mac := hmac.New(sha256.New, []byte(a.cfg.WebhookSecret))
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	if err != nil || !hmac.Equal(given, mac.Sum(nil)) {
		return nil, webhookFault(adapters.KindUnauthorized, codeWebhookSignature, "the event is not signed with the webhook secret")
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return nil, webhookFault(adapters.KindUnauthorized, codeWebhookTime, "the event has no time")
	}
	if off := now.Sub(time.Unix(seconds, 0)); off > webhookWindow || off < -webhookWindow {
		return nil, webhookFault(adapters.KindUnauthorized, codeWebhookTime, "the event's time is more than 300 s off")
	}
	var event struct {
		EventID string `json:"event_id"`
		Type    string `json:"type"`
		Product struct {
			ID string `json:"id"`
		} `json:"product"`
	}
	if json.Unmarshal(body, &event) != nil || event.EventID == "" || event.Type == "" || event.Product.ID == "" {
		return nil, webhookFault(adapters.KindInvalid, codeWebhookBody, "the body is not an event of the contract")
	}
	return []string{event.Product.ID}, nil
}

func webhookFault(kind adapters.Kind, code, what string) *adapters.Error {
	return &adapters.Error{Marketplace: name, Op: "webhook", Kind: kind, Code: code, Err: errors.New(what)}
}
