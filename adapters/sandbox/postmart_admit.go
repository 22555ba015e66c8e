package sandbox

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// pmToken is what a token says; it is signed, so that any number live at once
// and all outlive a restart.
type pmToken struct {
	Account    string `json:"a"`
	Generation int64  `json:"g"`
	ExpiresAt  int64  `json:"e"`
	Nonce      string `json:"n"`
}

// seal signs a small record into an opaque string.
func (m *market) seal(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic("sandbox: " + err.Error()) // plain structs
	}
	return base64.RawURLEncoding.EncodeToString(data) + "." + hex.EncodeToString(m.sign(data))
}

func (m *market) unseal(s string, v any) bool {
	body, sig, _ := strings.Cut(s, ".")
	data, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		return false
	}
	given, err := hex.DecodeString(sig)
	return err == nil && hmac.Equal(given, m.sign(data)) && json.Unmarshal(data, v) == nil
}

func (m *market) sign(data []byte) []byte {
	h := hmac.New(sha256.New, m.meta.Secret)
	h.Write(data)
	return h.Sum(nil)[:16]
}

// admit finds the partner by its token, or by its client id at sign-in, and
// holds it to its limit.
func (postmart) admit(c *call, t time.Time) *answer {
	m := c.m
	var tok pmToken
	valid := false
	if c.op == "issueToken" {
		form, _ := url.ParseQuery(string(c.body))
		c.acc = m.accounts[form.Get("client_id")]
		valid = true
	} else {
		bearer, is := strings.CutPrefix(c.head["Authorization"], "Bearer ")
		if is && m.unseal(bearer, &tok) {
			c.acc = m.accounts[tok.Account]
		}
	}
	g := m.nobody.guard
	if c.acc != nil {
		g = c.acc.guard
		if c.fate.Revoke {
			c.acc.rec.Generation++
			m.saveAccount(c.acc)
		}
		valid = valid || tok.Generation == c.acc.rec.Generation && c.now < tok.ExpiresAt
	}
	ok, left, wait := g.take(t.UnixNano())
	limit := m.opt.Rate
	if limit == 0 {
		limit = math.MaxInt32
	}
	c.limits = map[string]string{
		"X-RateLimit-Limit":     strconv.Itoa(limit),
		"X-RateLimit-Remaining": strconv.Itoa(left),
		"X-RateLimit-Reset":     strconv.FormatFloat(math.Ceil(wait.Seconds()*1000)/1000, 'f', -1, 64),
	}
	if !ok {
		m.ledger.Refused++
		c.limits["Retry-After"] = fmt.Sprint(int(math.Ceil(wait.Seconds())))
		return pmError("rate_limited")
	}
	m.ledger.took(t.UnixNano())
	if !valid {
		return pmError("token_expired")
	}
	return nil
}

// pmIssueToken signs a partner in.
func (c *call) pmIssueToken() *answer {
	var f form
	if t, _ := c.mediaType(); t != "application/x-www-form-urlencoded" {
		return pmWrong("Content-Type", badFormat)
	}
	values, err := url.ParseQuery(string(c.body))
	if err != nil {
		return pmWrong("body", badFormat)
	}
	asked := map[string]any{}
	for k := range values {
		asked[k] = values.Get(k)
	}
	f.known(asked, "", "grant_type", "client_id", "client_secret")
	grant, _ := f.str(asked, "", "grant_type", text{need: true})
	_, _ = f.str(asked, "", "client_id", text{need: true})
	secret, _ := f.str(asked, "", "client_secret", text{need: true})
	if grant != "" && grant != "client_credentials" {
		f.add("grant_type", notAllowed)
	}
	f.noQuery(c)
	if !f.ok() {
		return pmInvalid(f.bad)
	}
	if c.acc == nil || c.acc.secret == "" || subtle.ConstantTimeCompare([]byte(secret), []byte(c.acc.secret)) != 1 {
		c.m.ledger.LoginsFailed++
		return pmError("invalid_client")
	}
	c.m.ledger.Logins++
	life := c.m.opt.TokenLife
	token := c.m.seal(pmToken{c.acc.rec.Name, c.acc.rec.Generation, c.now + life.Milliseconds(), rand.Text()})
	return jsonAnswer(200, "ok", map[string]any{
		"access_token": token, "token_type": "Bearer", "expires_in": max(1, int64(life.Seconds())),
	})
}

// noQuery refuses parameters where the contract knows none.
func (f *form) noQuery(c *call, allowed ...string) {
	asked := map[string]any{}
	for k := range c.query {
		asked[k] = true
	}
	f.known(asked, "", allowed...)
}
