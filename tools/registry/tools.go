//go:build tools

// Package tools pins the CNCF distribution registry that the quickstart and the tests run against.
package tools

import _ "github.com/distribution/distribution/v3/cmd/registry"
