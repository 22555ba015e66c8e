package sandbox

import "container/heap"

// dueHeap orders what is to happen by its time: ends of reviews, second
// thoughts, shops that become active, late writes. An entry may be out of date:
// what it is about says whether it still counts.
type dueHeap []due

type due struct {
	at   int64
	seq  int64 // keeps the order of equal times
	row  *row
	shop *shop
	late *lateRecord
}

func (h dueHeap) Len() int      { return len(h) }
func (h dueHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h dueHeap) Less(i, j int) bool {
	if h[i].at != h[j].at {
		return h[i].at < h[j].at
	}
	return h[i].seq < h[j].seq
}
func (h *dueHeap) Push(x any) { *h = append(*h, x.(due)) }
func (h *dueHeap) Pop() any {
	old := *h
	d := old[len(old)-1]
	old[len(old)-1] = due{}
	*h = old[:len(old)-1]
	return d
}

func (m *market) await(d due) {
	m.sb.dueSeq++
	d.seq = m.sb.dueSeq
	heap.Push(&m.due, d)
	m.sb.wakeCourier()
}

// schedule puts what a row waits for into the heap.
func (m *market) schedule(r *row) {
	if r.cur.Due != 0 {
		m.await(due{at: r.cur.Due, row: r})
	}
	if r.cur.FlipDue != 0 {
		m.await(due{at: r.cur.FlipDue, row: r})
	}
}

// settle lets everything happen whose time has come, in its order and each at
// its own time, so that it makes no difference when somebody looks.
func (m *market) settle(now int64) {
	for len(m.due) > 0 && m.due[0].at <= now {
		d := heap.Pop(&m.due).(due)
		switch {
		case d.late != nil:
			m.carryOut(d.late, d.at)
		case d.shop != nil:
			if d.shop.Due == d.at && d.shop.Status == shopWaiting {
				m.setShopStatus(d.shop, shopActive, d.at)
			}
		case d.row.cur.Due == d.at:
			m.endReview(d.row, d.at)
		case d.row.cur.FlipDue == d.at:
			m.flip(d.row, d.at)
		}
	}
}
