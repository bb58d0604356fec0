//go:build tools

// Package tools pins regctl, a client that `npm run bench` measures beside this project.
package tools

import _ "github.com/regclient/regclient/cmd/regctl"
