package dashboard

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// role is what a person may do; a greater one may do all that a lesser may.
type role int

const (
	roleNone role = iota
	roleViewer
	roleOperator
	roleAdmin
)

// Roles are the roles' names in the users' file, from least to most.
var Roles = []string{"viewer", "operator", "admin"}

func parseRole(s string) role { return role(slices.Index(Roles, s) + 1) }

func (r role) String() string {
	if r == roleNone {
		return ""
	}
	return Roles[r-1]
}

// user is who is visiting.
type user struct {
	name  string
	role  role
	local bool // no users are set up: whoever is at the machine
}

// User is one line of the users' file: name, role and bcrypt hash, separated
// by colons.
type User struct {
	Name, Role, Hash string
}

// Line is the user as it stands in the file.
func (u User) Line() string { return u.Name + ":" + u.Role + ":" + u.Hash }

// NewUser makes a user of a password. The name has no colon or white space,
// the password 10 to 72 bytes.
func NewUser(name, role, password string) (User, error) {
	if err := checkUser(name, role); err != nil {
		return User{}, err
	}
	if len(password) < 10 || len(password) > 72 {
		return User{}, errors.New("password: want 10 to 72 bytes")
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), 12)
	if err != nil {
		return User{}, fmt.Errorf("password: %w", err)
	}
	return User{name, role, string(hash)}, nil
}

func checkUser(name, role string) error {
	if name == "" || len(name) > 64 || strings.ContainsAny(name, ": \t\r\n#") {
		return fmt.Errorf("user name %q: want a word without colon", name)
	}
	if parseRole(role) == roleNone {
		return fmt.Errorf("user %s: role %q: want viewer, operator or admin", name, role)
	}
	return nil
}

// ParseUsers reads a users' file: a user a line, empty lines and lines that
// begin with # left out. The error names every line that is wrong.
func ParseUsers(r io.Reader) ([]User, error) {
	var users []User
	var wrong []error
	scan := bufio.NewScanner(r)
	for n := 1; scan.Scan(); n++ {
		line := strings.TrimSpace(scan.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.SplitN(line, ":", 3)
		if len(parts) != 3 {
			wrong = append(wrong, fmt.Errorf("line %d: want NAME:ROLE:HASH", n))
			continue
		}
		u := User{parts[0], parts[1], parts[2]}
		if err := checkUser(u.Name, u.Role); err != nil {
			wrong = append(wrong, fmt.Errorf("line %d: %w", n, err))
		} else if _, err := bcrypt.Cost([]byte(u.Hash)); err != nil {
			wrong = append(wrong, fmt.Errorf("line %d: user %s: the hash is not a bcrypt hash", n, u.Name))
		} else if slices.ContainsFunc(users, func(have User) bool { return have.Name == u.Name }) {
			wrong = append(wrong, fmt.Errorf("line %d: user %s stands twice", n, u.Name))
		} else {
			users = append(users, u)
		}
	}
	return users, errors.Join(append(wrong, scan.Err())...)
}

// known is a user of the file with what tells his entry from an earlier one.
type known struct {
	name  string
	role  role
	hash  string
	stamp string
}

// usersFile is the file, read again when it changes.
type usersFile struct {
	path string

	mu      sync.Mutex
	changed time.Time
	size    int64
	looked  time.Time
	users   []known
}

// openUsers reads the file; an empty path is no users at all.
func openUsers(path string) (*usersFile, error) {
	f := &usersFile{path: path}
	if path == "" {
		return f, nil
	}
	if err := f.read(); err != nil {
		return nil, fmt.Errorf("users' file %s: %w", path, err)
	}
	if len(f.users) == 0 {
		return nil, fmt.Errorf("users' file %s: no user in it", path)
	}
	return f, nil
}

// any tells whether users are set up.
func (f *usersFile) any() bool { return f.path != "" }

func (f *usersFile) read() error {
	file, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	users, err := ParseUsers(file)
	if err != nil {
		return err
	}
	f.changed, f.size, f.users = info.ModTime(), info.Size(), nil
	for _, u := range users {
		sum := sha256.Sum256([]byte(u.Line()))
		f.users = append(f.users, known{u.Name, parseRole(u.Role), u.Hash, hex.EncodeToString(sum[:8])})
	}
	return nil
}

// refresh reads the file again when it changed, looking at most once a second.
// A file that can't be read any more, or is wrong, lets nobody in.
func (f *usersFile) refresh() {
	if time.Since(f.looked) < time.Second {
		return
	}
	f.looked = time.Now()
	info, err := os.Stat(f.path)
	if err == nil && info.ModTime().Equal(f.changed) && info.Size() == f.size {
		return
	}
	if err == nil {
		err = f.read()
	}
	if err != nil {
		f.users, f.size = nil, -1
		if !errors.Is(err, fs.ErrNotExist) {
			f.changed = time.Time{}
		}
	}
}

func (f *usersFile) find(name string) (known, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refresh()
	for _, u := range f.users {
		if u.name == name {
			return u, true
		}
	}
	return known{}, false
}

// nobody is a hash that no password fits, of the cost that ours have, so that
// an unknown name takes as long as a wrong password.
var nobody = []byte("$2a$12$C6UzMDM.H6dfI/f/IKcEeO7mpaqnKqcEeiPJoxCzrFBqdqAJhiHyK")

// check tells whether a password is that of a user.
func (f *usersFile) check(name, password string) (known, bool) {
	u, ok := f.find(name)
	hash := nobody
	if ok {
		hash = []byte(u.hash)
	}
	match := bcrypt.CompareHashAndPassword(hash, []byte(password)) == nil
	return u, ok && match
}
