//go:build tools

// Package tools pins the Pulumi CLI, which the npm registry does not carry.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
