// Command freeports prints two free loopback ports, for .ci/servers.
package main

import (
	"fmt"
	"net"
	"os"
)

func main() {
	var ports []any
	for range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	fmt.Println(ports...)
}
