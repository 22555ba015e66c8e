// Package config reads how lensan is set up: flag, then LENSAN_* variable,
// then lensan.yaml, then default. It is the only room that looks at the
// environment. Every problem is reported at once, each naming what to set;
// unknown keys and variables are problems too. Words for people stand in
// cmd/lensan/text, by the problem's code.
package config
