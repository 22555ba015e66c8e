package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// ErrNoAccess says that a session or token is unknown, ended or past its time.
var ErrNoAccess = errors.New("no such session or token")

// Session is one person signed in to the dashboard.
type Session struct {
	Name  string
	Role  string
	Stamp string // of the person's entry in the users' file when he signed in

	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}

type sessionRow struct {
	Name      string `db:"name"`
	Role      string `db:"role"`
	Stamp     string `db:"stamp"`
	CreatedAt int64  `db:"created_at"`
	SeenAt    int64  `db:"seen_at"`
	ExpiresAt int64  `db:"expires_at"`
}

// sessionIdle is how long a session lives without a visit; sessionTouch how
// exactly the last visit is known, so that reading pages does not write each
// time.
const (
	sessionIdle  = 12 * time.Hour
	sessionLife  = 7 * 24 * time.Hour
	sessionTouch = 5 * time.Minute
)

func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// StartSession begins a session and returns the secret for its cookie, which
// is not kept. It is written to the audit.
func (s *Store) StartSession(ctx context.Context, name, role, stamp string) (secret string, err error) {
	const insert = `INSERT INTO sessions (hash, name, role, stamp, created_at, seen_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)`
	const purge = `DELETE FROM sessions WHERE expires_at < ? OR seen_at < ?`
	secret = rand.Text()
	err = s.inTx(ctx, func(t *tx) error {
		now := s.Now()
		if _, err := t.exec(ctx, purge, millis(now), millis(now.Add(-sessionIdle))); err != nil {
			return err
		}
		if _, err := t.exec(ctx, insert, hashSecret(secret), name, role, stamp, millis(now), millis(now), millis(now.Add(sessionLife))); err != nil {
			return err
		}
		return t.appendEvents(ctx, now, Event{Actor: name, Kind: "session.started", Detail: map[string]any{"role": role}})
	})
	if err != nil {
		return "", fmt.Errorf("start session: %w", err)
	}
	return secret, nil
}

// GetSession finds the session of a cookie's secret, and notes the visit. A
// session ends 12 hours after the last visit, 7 days after it began at the
// latest; then, and when there is none, ErrNoAccess.
func (s *Store) GetSession(ctx context.Context, secret string) (Session, error) {
	const read = `SELECT name, role, stamp, created_at, seen_at, expires_at FROM sessions WHERE hash = ? AND expires_at >= ? AND seen_at >= ?`
	const touch = `UPDATE sessions SET seen_at = ? WHERE hash = ?`
	now := s.Now()
	var r sessionRow
	err := s.getRow(ctx, &r, read, hashSecret(secret), millis(now), millis(now.Add(-sessionIdle)))
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, ErrNoAccess
	}
	if err != nil {
		return Session{}, fmt.Errorf("read session: %w", err)
	}
	out := Session{Name: r.Name, Role: r.Role, Stamp: r.Stamp, CreatedAt: fromMillis(r.CreatedAt), SeenAt: fromMillis(r.SeenAt), ExpiresAt: fromMillis(r.ExpiresAt)}
	if now.Sub(out.SeenAt) > sessionTouch {
		if _, err := s.write.ExecContext(ctx, s.write.Rebind(touch), millis(now), hashSecret(secret)); err != nil {
			return Session{}, fmt.Errorf("note visit: %w", err)
		}
	}
	return out, nil
}

// EndSession ends the session of a cookie's secret; one that is not there is
// no error.
func (s *Store) EndSession(ctx context.Context, secret string) error {
	const query = `DELETE FROM sessions WHERE hash = ?`
	if _, err := s.write.ExecContext(ctx, s.write.Rebind(query), hashSecret(secret)); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// Token lets a program use the API with a role until a day.
type Token struct {
	ID        string
	Name      string // what it is for
	Role      string
	CreatedBy string
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time // to the hour; zero: never
	RevokedAt time.Time // zero: not revoked
}

type tokenRow struct {
	ID        string `db:"id"`
	Name      string `db:"name"`
	Role      string `db:"role"`
	CreatedBy string `db:"created_by"`
	CreatedAt int64  `db:"created_at"`
	ExpiresAt int64  `db:"expires_at"`
	UsedAt    int64  `db:"used_at"`
	RevokedAt int64  `db:"revoked_at"`
}

func (r tokenRow) token() Token {
	return Token{ID: r.ID, Name: r.Name, Role: r.Role, CreatedBy: r.CreatedBy, CreatedAt: fromMillis(r.CreatedAt),
		ExpiresAt: fromMillis(r.ExpiresAt), UsedAt: fromMillis(r.UsedAt), RevokedAt: fromMillis(r.RevokedAt)}
}

const tokenColumns = `id, name, role, created_by, created_at, expires_at, used_at, revoked_at`

// TokenPrefix begins every API token, so that one that leaked is recognised.
const TokenPrefix = "lensan_"

// CreateToken makes an API token and returns its secret, which is shown once
// and not kept. It is written to the audit.
func (s *Store) CreateToken(ctx context.Context, name, role, by string, expires time.Time) (secret string, token Token, err error) {
	const insert = `INSERT INTO api_tokens (id, name, role, hash, created_by, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)`
	now := s.Now()
	secret = TokenPrefix + rand.Text()
	token = Token{ID: newID("t", now), Name: name, Role: role, CreatedBy: by, CreatedAt: now, ExpiresAt: expires}
	err = s.inTx(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, insert, token.ID, name, role, hashSecret(secret), by, millis(now), millis(expires)); err != nil {
			return err
		}
		return t.appendEvents(ctx, now, Event{Actor: by, Kind: "token.created",
			Detail: map[string]any{"token": token.ID, "name": name, "role": role, "until": expires.UTC().Format(time.RFC3339)}})
	})
	if err != nil {
		return "", Token{}, fmt.Errorf("create token: %w", err)
	}
	return secret, token, nil
}

// FindToken finds the token of a secret; ErrNoAccess when it is unknown,
// revoked or past its time.
func (s *Store) FindToken(ctx context.Context, secret string) (Token, error) {
	const read = `SELECT ` + tokenColumns + ` FROM api_tokens WHERE hash = ? AND revoked_at = 0 AND expires_at > ?`
	const touch = `UPDATE api_tokens SET used_at = ? WHERE id = ?`
	now := s.Now()
	var r tokenRow
	err := s.getRow(ctx, &r, read, hashSecret(secret), millis(now))
	if errors.Is(err, sql.ErrNoRows) {
		return Token{}, ErrNoAccess
	}
	if err != nil {
		return Token{}, fmt.Errorf("read token: %w", err)
	}
	if now.Sub(fromMillis(r.UsedAt)) > time.Hour {
		if _, err := s.write.ExecContext(ctx, s.write.Rebind(touch), millis(now), r.ID); err != nil {
			return Token{}, fmt.Errorf("note use of token: %w", err)
		}
	}
	return r.token(), nil
}

// Tokens lists the API tokens, the newest first.
func (s *Store) Tokens(ctx context.Context) ([]Token, error) {
	const query = `SELECT ` + tokenColumns + ` FROM api_tokens ORDER BY created_at DESC, id DESC`
	var rows []tokenRow
	if err := s.selectRows(ctx, &rows, query); err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	out := make([]Token, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.token())
	}
	return out, nil
}

// RevokeToken ends a token at once; revoking twice changes nothing.
// ErrNoAccess when there is none. It is written to the audit.
func (s *Store) RevokeToken(ctx context.Context, id, by string) error {
	const exists = `SELECT COUNT(*) FROM api_tokens WHERE id = ?`
	const query = `UPDATE api_tokens SET revoked_at = ? WHERE id = ? AND revoked_at = 0`
	err := s.inTx(ctx, func(t *tx) error {
		now := s.Now()
		n, err := t.exec(ctx, query, millis(now), id)
		if err != nil {
			return err
		}
		if n == 1 {
			return t.appendEvents(ctx, now, Event{Actor: by, Kind: "token.revoked", Detail: map[string]any{"token": id}})
		}
		var have int
		if err := t.GetContext(ctx, &have, t.Rebind(exists), id); err != nil {
			return err
		}
		if have == 0 {
			return ErrNoAccess
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("revoke token %s: %w", id, err)
	}
	return nil
}

// FailedSignIns counts the failed attempts of a subject (a user's name, an
// address) since a time.
func (s *Store) FailedSignIns(ctx context.Context, subject string, since time.Time) (int, error) {
	const query = `SELECT COUNT(*) FROM sign_ins WHERE subject = ? AND at >= ?`
	var n int
	if err := s.getRow(ctx, &n, query, subject, millis(since)); err != nil {
		return 0, fmt.Errorf("count sign-ins: %w", err)
	}
	return n, nil
}

// NoteFailedSignIn counts one failed attempt against each subject and forgets
// those older than a day. It is written to the audit with the name tried.
func (s *Store) NoteFailedSignIn(ctx context.Context, name string, subjects ...string) error {
	const insert = `INSERT INTO sign_ins (subject, at) VALUES (?, ?)`
	const purge = `DELETE FROM sign_ins WHERE at < ?`
	err := s.inTx(ctx, func(t *tx) error {
		now := s.Now()
		if _, err := t.exec(ctx, purge, millis(now.Add(-24*time.Hour))); err != nil {
			return err
		}
		for _, subject := range subjects {
			if _, err := t.exec(ctx, insert, subject, millis(now)); err != nil {
				return err
			}
		}
		return t.appendEvents(ctx, now, Event{Actor: name, Kind: "session.refused"})
	})
	if err != nil {
		return fmt.Errorf("note failed sign-in: %w", err)
	}
	return nil
}

// ForgetFailedSignIns clears the count of a subject after a good sign-in.
func (s *Store) ForgetFailedSignIns(ctx context.Context, subject string) error {
	const query = `DELETE FROM sign_ins WHERE subject = ?`
	if _, err := s.write.ExecContext(ctx, s.write.Rebind(query), subject); err != nil {
		return fmt.Errorf("forget failed sign-ins: %w", err)
	}
	return nil
}
