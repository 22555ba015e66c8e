// Package coord holds what the processes that work for one marketplace account
// share in Redis: the rate budget (Budget), a pause that one answer sets for
// all, and the sign-in token (Tokens). The same scripts run on a Redis server
// and on the one inside the process.
//
// Nothing in it is a record: Redis may lose all of it at any moment, and the
// worst that follows is a second of waiting or a sign-in that is still counted
// elsewhere. Times are Redis's, in microseconds, so that no process's clock
// matters.
//
// Keys live at least a second longer than anything asks of them, because the
// embedded server ends keys up to a second early. It imports adapters and
// go-redis, nothing else of this program.
package coord
