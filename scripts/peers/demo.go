// The demo application on Go's net/http: demo PORT.
package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

var alphabet = bytes.Repeat([]byte("abcdefghijklmnopqrstuvwxyz"), 1024)

func demo(w http.ResponseWriter, r *http.Request) {
	route, argument, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	n, _ := strconv.Atoi(argument)
	switch {
	case r.Method == "POST":
		body, _ := io.ReadAll(r.Body)
		w.Write(body)
	case route == "":
		io.WriteString(w, "Hello, World!")
	case route == "delay":
		time.Sleep(time.Duration(n) * time.Millisecond)
		io.WriteString(w, "done waiting\n")
	case route == "spin":
		for end := time.Now().Add(time.Duration(n) * time.Microsecond); time.Now().Before(end); {
		}
		io.WriteString(w, "done computing\n")
	case route == "bytes":
		w.Header().Set("Content-Length", strconv.Itoa(n))
		for ; n > len(alphabet); n -= len(alphabet) {
			if _, err := w.Write(alphabet); err != nil {
				return
			}
		}
		w.Write(alphabet[:n])
	case route == "abort":
		syscall.Kill(os.Getpid(), syscall.SIGABRT)
	default:
		http.NotFound(w, r)
	}
}

func main() {
	err := http.ListenAndServe("127.0.0.1:"+os.Args[1], http.HandlerFunc(demo))
	fmt.Fprintln(os.Stderr, "error:", err)
	os.Exit(1)
}
