/** What `multiarch --help` prints. */
export const helpText = `multiarch: look at container images on any OCI registry, without a Docker daemon

Usage:
  multiarch inspect [options] REFERENCE    what an image or index consists of
  multiarch tags [options] REPOSITORY      the tags of a repository, one a line
  multiarch list [options] REPOSITORY      its manifests with tags, platforms, sizes, and
                                           on Azure also the untagged ones, and times
  multiarch --help | --version

REFERENCE is [HOST[:PORT]/]REPOSITORY[:TAG|@DIGEST], REPOSITORY is [HOST[:PORT]/]REPOSITORY;
without a host docker.io is meant, without tag and digest the tag latest.

Output:
  --json             for programs: what getImage, listTags and listManifests of this
                     package return
  --raw              inspect: exactly the bytes of the manifest or index, so that
                       multiarch inspect --raw REFERENCE | sha256sum
                     gives its digest (control characters are left out on a terminal only)

Connection:
  --plain-http       HTTP without TLS (the default for a loopback host only)
  --ca FILE          PEM certificates to trust beside the system's
  --username NAME --password-stdin
                     credentials, the password from standard input
Without --username the credentials come from the environment: docker's and podman's files
and credential helpers (DOCKER_CONFIG, DOCKER_AUTH_CONFIG, REGISTRY_AUTH_FILE); before these,
for a registry of Azure, the identity that the ARM_* or AZURE_* variables or az sign in with.

PULUMI_MULTIARCH_DEBUG=http in the environment reports each HTTP request on standard error.

Exit codes:
  0  found
  1  any other failure
  2  wrong usage: an option, a reference or a file that it names
  3  not found: no such repository, tag or digest
  4  not authorised (some registries say so of what does not exist, too)
  5  registry unreachable: no connection, no answer in time, or a certificate that is not trusted
`;
