package coord

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
)

// seal hides a token from whoever can read Redis but does not know the
// account's secret. A token sealed under another secret can't be opened, and
// counts as none.
type seal struct{ aead cipher.AEAD }

func newSeal(secret string) (seal, error) {
	key := sha256.Sum256([]byte("lensan token seal\x00" + secret))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return seal{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return seal{aead}, err
}

func (s seal) close(token string) string {
	return base64.RawStdEncoding.EncodeToString(s.aead.Seal(nil, nil, []byte(token), nil))
}

var errSealed = errors.New("sealed with another secret")

func (s seal) open(sealed string) (string, error) {
	b, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil {
		return "", errSealed
	}
	token, err := s.aead.Open(nil, nil, b, nil)
	if err != nil {
		return "", errSealed
	}
	return string(token), nil
}

// digest tells tokens apart without showing them.
func digest(token string) string {
	if token == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("lensan token digest\x00" + token))
	return hex.EncodeToString(sum[:12])
}
