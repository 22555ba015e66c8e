package sandbox

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// fate is everything that strikes one call, in the order in which it does.
type fate struct {
	Kinds    []Kind        `json:"-"`
	Gateway  *Fault        `json:"-"` // in front of the application
	Revoke   bool          `json:"-"`
	Ban      time.Duration `json:"-"`
	Lock     time.Duration `json:"-"`
	Delay    time.Duration `json:"-"`
	Late     *Fault        `json:"-"`
	Answer   *Fault        `json:"a,omitempty"`
	Refuse   *Fault        `json:"r,omitempty"`
	Ignore   *Fault        `json:"i,omitempty"`
	Omit     *Fault        `json:"o,omitempty"`
	Drop     []string      `json:"d,omitempty"`
	NoUnique bool          `json:"n,omitempty"`
	Lag      time.Duration `json:"-"`
	Repeat   int           `json:"-"`
	EndEarly bool          `json:"-"`
	After    *Fault        `json:"-"` // the answer is lost

	Never, Reject         bool          `json:"-"` // reviews
	Flip                  time.Duration `json:"-"`
	Lose, Double, Reorder bool          `json:"-"` // events
}

// faultSet is the faults of one marketplace, the oldest first.
type faultSet struct {
	list []*Fault
	last int
	rng  *rand.Rand
	kind map[string]opKind
}

type opKind int

const (
	reads opKind = iota
	writes
	signsIn
)

func (s *faultSet) seed(seed uint64, name string) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	s.rng = rand.New(rand.NewPCG(seed, h.Sum64()))
}

func (s *faultSet) add(f Fault) string {
	s.last++
	f.ID, f.Struck = "f"+strconv.Itoa(s.last), 0
	s.list = append(s.list, &f)
	return f.ID
}

// clear removes one fault, or all with "", and tells how many.
func (s *faultSet) clear(id string) int {
	before := len(s.list)
	s.list = slices.DeleteFunc(s.list, func(f *Fault) bool { return id == "" || f.ID == id })
	return before - len(s.list)
}

func (s *faultSet) matches(f *Fault, op string, ids []string) bool {
	kind, isCall := s.kind[op]
	switch f.Op {
	case op:
	case OpAll:
		if !isCall {
			return false
		}
	case OpReads:
		if !isCall || kind != reads {
			return false
		}
	case OpWrites:
		if !isCall || kind != writes {
			return false
		}
	default:
		return false
	}
	return f.SKU == "" || slices.Contains(ids, f.SKU)
}

// decide draws what strikes a call of op that names those SKUs and products.
func (s *faultSet) decide(op string, ids ...string) fate {
	var t fate
	for _, f := range s.list {
		if f.Count > 0 && f.Struck >= f.Count || !s.matches(f, op, ids) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Prob > 0 && s.rng.Float64() >= f.Prob {
			continue
		}
		if t.take(f, s.kind[op]) {
			f.Struck++
			t.Kinds = append(t.Kinds, f.Kind)
		}
	}
	return t
}

// take adds a fault unless an older one has its place.
func (t *fate) take(f *Fault, kind opKind) bool {
	switch f.Kind {
	case Cut, Status, Maintenance, Throttle, Garbage, Huge, Truncate:
		place := &t.Gateway
		if f.Commit || f.Kind == Truncate {
			place = &t.After
		}
		return fill(place, f)
	case Late:
		if kind != writes {
			return fill(&t.Gateway, &Fault{Kind: Cut})
		}
		return fill(&t.Late, f)
	case Answer:
		return fill(&t.Answer, f)
	case RefuseItems:
		return fill(&t.Refuse, f)
	case IgnoreItems:
		return fill(&t.Ignore, f)
	case OmitItems:
		return fill(&t.Omit, f)
	case DropField:
		t.Drop = append(t.Drop, f.Field)
	case Delay, ReviewLate, EventLate:
		t.Delay += f.Delay
	case Lag:
		t.Lag = max(t.Lag, f.Delay)
	case Repeat:
		t.Repeat = max(t.Repeat, int(f.Size), 1)
	case EndEarly:
		t.EndEarly = true
	case NoUnique:
		t.NoUnique = true
	case Revoke:
		t.Revoke = true
	case Ban:
		t.Ban = or(f.Delay, banTime)
	case LockLogin:
		t.Lock = or(f.Delay, lockTime)
	case ReviewNever:
		t.Never = true
	case ReviewReject:
		t.Reject = true
	case ReviewFlip:
		t.Flip = max(f.Delay, time.Millisecond)
	case EventDrop:
		t.Lose = true
	case EventDouble:
		t.Double = true
	case EventReorder:
		t.Reorder = true
	}
	return true
}

// loses tells whether the sender can't know how the call ended. A refusal for
// too many calls says that it was not carried out; one that is kept for later
// has no answer only if it gets that far.
func (t *fate) loses() bool {
	return t.After != nil || t.Gateway != nil && t.Gateway.Kind != Throttle
}

func fill(place **Fault, f *Fault) bool {
	if *place != nil {
		return false
	}
	*place = f
	return true
}

func or(d, byDefault time.Duration) time.Duration {
	if d == 0 {
		return byDefault
	}
	return d
}
