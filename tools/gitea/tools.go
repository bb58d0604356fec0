//go:build tools

// Package tools pins Gitea, whose container registry has accounts, bearer tokens and ways of deleting of its own.
package tools

import _ "code.gitea.io/gitea"
