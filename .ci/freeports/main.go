// Command freeports prints free loopback ports, two or as many as its argument
// says, for the scripts beside it.
package main

import (
	"fmt"
	"net"
	"os"
	"strconv"
)

func main() {
	n := 2
	if len(os.Args) > 1 {
		var err error
		if n, err = strconv.Atoi(os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
	}
	var ports []any
	for range n {
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
