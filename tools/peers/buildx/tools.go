//go:build tools

// Package tools pins buildx, a client that `npm run bench` measures beside this project.
package tools

import _ "github.com/docker/buildx/cmd/buildx"
