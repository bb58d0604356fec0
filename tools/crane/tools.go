//go:build tools

// Package tools pins crane, a client that this project did not write, which checks what it pushed.
package tools

import _ "github.com/google/go-containerregistry/cmd/crane"
