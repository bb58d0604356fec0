// Command ocimem serves a registry in memory: that of cuelabs.dev/go/oci/ociregistry, with the switches that make it answer as
// Amazon ECR does.
package main

import (
	"flag"
	"log"
	"net"
	"net/http"

	"cuelabs.dev/go/oci/ociregistry/ocimem"
	"cuelabs.dev/go/oci/ociregistry/ociserver"
)

func main() {
	address := flag.String("addr", "127.0.0.1:0", "where to listen")
	pageSize := flag.Int("max-page", 0, "the most tags that one page lists; 0: all")
	immutable := flag.Bool("immutable-tags", false, "refuse to move tags")
	noReferrers := flag.Bool("no-referrers", false, "without the referrers API")
	noLink := flag.Bool("no-link", false, "without Link headers")
	noDigest := flag.Bool("no-digest", false, "without Docker-Content-Digest on GET by tag")
	flag.Parse()
	server := ociserver.New(ocimem.NewWithConfig(&ocimem.Config{ImmutableTags: *immutable}), &ociserver.Options{
		MaxListPageSize:              *pageSize,
		DisableReferrersAPI:          *noReferrers,
		OmitLinkHeaderFromResponses:  *noLink,
		OmitDigestFromTagGetResponse: *noDigest,
	})
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listening on %s", listener.Addr())
	log.Fatal(http.Serve(listener, server))
}
