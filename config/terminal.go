package config

import "os"

// PlainTerminal tells whether the environment asks for output without cursor
// movement or colour (NO_COLOR, TERM=dumb).
func PlainTerminal() bool {
	return os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb"
}
