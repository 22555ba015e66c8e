// Package worker carries runs out: it claims what is asked for in SQL, hands
// due items to asynq in batches, and lets a Runner work on them. All that asynq
// holds can be made again from SQL.
//
// Nothing outside this package imports asynq. What a batch means is the
// Runner's affair (worker/reconcile); this package knows no marketplace.
package worker
