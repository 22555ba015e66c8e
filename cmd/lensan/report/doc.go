// Package report writes what is meant for people and their programs: tables,
// progress, reports of imports, workbooks. It reads through store and knows no
// queue and no marketplace.
package report
