package sandbox

import (
	"crypto/rand"
	"crypto/subtle"
	"slices"
	"time"
)

// vsToken is what a token says: whose it is. Which of a user's tokens is the
// live one stands in the account.
type vsToken struct {
	Account string `json:"a"`
	Nonce   string `json:"n"`
}

// admit finds the user by the token, ended ones too, or by the user name at
// sign-in, and holds it to its limits.
func (voso) admit(c *call, t time.Time) *answer {
	m := c.m
	c.acc = m.vsWho(c)
	a, now := c.acc, t.UnixNano()
	m.vsStrike(c)
	if left := a.rec.BannedTo - c.now; left > 0 {
		m.ledger.Banned++
		return vsRetry("CLIENT_BANNED", left)
	}
	ok, _, wait := a.guard.take(now)
	if !ok {
		m.ledger.Refused++
		if a.guard.refused(now) {
			m.vsBan(a, banTime, c.now)
			return vsRetry("CLIENT_BANNED", banTime.Milliseconds())
		}
		return vsRetry("RATE_LIMITED", waitMS(wait))
	}
	m.ledger.took(now)
	if c.op == "login" {
		return m.vsLoginLock(a, c.now)
	}
	if a.rec.Token == "" || c.head["Token"] != a.rec.Token || m.clock(c.now) >= a.rec.ExpiresAt {
		return vsError("TOKEN_INVALID")
	}
	return nil
}

// vsWho is the user that a call counts for. A token that says nothing is taken
// for the only user's.
func (m *market) vsWho(c *call) *account {
	var acc *account
	if c.op == "login" {
		name, _ := c.object()["username"].(string)
		acc = m.accounts[name]
	} else {
		var tok vsToken
		if m.unseal(c.head["Token"], &tok) {
			acc = m.accounts[tok.Account]
		} else {
			acc = m.only()
		}
	}
	if acc == nil || acc.secret == "" {
		return m.nobody
	}
	return acc
}

// vsStrike lets faults end the token, ban, or lock sign-in.
func (m *market) vsStrike(c *call) {
	a := c.acc
	if c.fate.Revoke {
		a.rec.Token = ""
		m.saveAccount(a)
	}
	if c.fate.Ban > 0 {
		m.vsBan(a, c.fate.Ban, c.now)
	}
	if c.fate.Lock > 0 {
		a.rec.LockedTo = c.now + c.fate.Lock.Milliseconds()
		m.saveAccount(a)
	}
}

func (m *market) vsBan(a *account, d time.Duration, now int64) {
	m.ledger.Bans++
	a.rec.BannedTo = now + d.Milliseconds()
	m.saveAccount(a)
}

// vsLoginLock counts a sign-in and refuses the sixth in a minute and all that
// follow in the next five minutes.
func (m *market) vsLoginLock(a *account, now int64) *answer {
	if left := a.rec.LockedTo - now; left > 0 {
		m.ledger.LoginLocked++
		return vsRetry("LOGIN_LOCKED", left)
	}
	a.rec.Logins = slices.DeleteFunc(a.rec.Logins, func(t int64) bool { return now-t >= loginsEach.Milliseconds() })
	if len(a.rec.Logins) >= maxLogins {
		a.rec.LockedTo = now + lockTime.Milliseconds()
		m.saveAccount(a)
		m.ledger.LoginLocked++
		return vsRetry("LOGIN_LOCKED", lockTime.Milliseconds())
	}
	a.rec.Logins = append(a.rec.Logins, now)
	m.saveAccount(a)
	return nil
}

// vsLogin gives the user its one live token; the one before ends.
func (c *call) vsLogin() *answer {
	o, refusal := c.vsBody("username", "password")
	if refusal != nil {
		c.m.ledger.LoginsFailed++
		return refusal
	}
	var f form
	_, _ = f.str(o, "", "username", text{need: true})
	password, _ := f.str(o, "", "password", text{need: true})
	if !f.ok() {
		c.m.ledger.LoginsFailed++
		return vsInvalid(f.bad)
	}
	a := c.acc
	if a.secret == "" || subtle.ConstantTimeCompare([]byte(password), []byte(a.secret)) != 1 {
		c.m.ledger.LoginsFailed++
		return vsError("LOGIN_FAILED")
	}
	c.m.ledger.Logins++
	a.rec.Token = c.m.seal(vsToken{a.rec.Name, rand.Text()})
	a.rec.ExpiresAt = c.m.clock(c.now) + c.m.opt.TokenLife.Milliseconds()
	c.m.saveAccount(a)
	return vsOK(map[string]any{"token": a.rec.Token, "expiredAt": a.rec.ExpiresAt})
}
