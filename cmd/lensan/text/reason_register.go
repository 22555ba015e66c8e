package text

var registerReasons = map[string]sentence{}
