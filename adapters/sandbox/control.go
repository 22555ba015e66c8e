package sandbox

import "net/http"

func newControl(sb *Sandbox) http.Handler { return http.NotFoundHandler() }

// Control is the control port.
func (sb *Sandbox) Control() http.Handler { return labelled(sb.control) }
