module pulumi-multiarch/tools/ocimem

go 1.26.0

require cuelabs.dev/go/oci/ociregistry v0.0.0-20250722084951-074d06050084

require (
	github.com/opencontainers/go-digest v1.0.0 // indirect
	github.com/opencontainers/image-spec v1.1.1 // indirect
)
