//go:build tools

// Package tools pins olareg, a registry with the referrers API, against which the copying of referrers is tested.
package tools

import _ "github.com/olareg/olareg/cmd/olareg"
