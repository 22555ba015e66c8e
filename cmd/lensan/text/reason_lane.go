package text

var laneReasons = map[string]sentence{}
