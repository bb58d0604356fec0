import { isIP } from "node:net";
import { ProviderError } from "../errors";
import { isPrivateAddress } from "../http/addresses";
import { redactUrl } from "../http/url";
import { isLoopbackAddress } from "../oci/reference";
import type { RegistryConnection } from "./connection";
import { isSameSite } from "./site";

/** A token server that a registry sent us to, and how far it is trusted. */
export interface Realm {
  /** Where tokens are asked for. */
  readonly url: URL;
  /** For `HttpRequest.host`: `named` when it is the registry's own host or listed in `authRealms`. */
  readonly host: "named" | "untrusted";
  /** Whether the registry's credentials may be sent there. */
  readonly mayReceiveCredentials: boolean;
}

/**
 * Judges the realm of a Bearer challenge: the registry chose it, and it is about to be asked, perhaps with a password.
 *
 * It must be https, unless the registry itself is spoken to without TLS, and have no user info. A private, loopback,
 * link-local or unspecified IP address is refused, unless it is the registry's own host (on any port) or listed in `authRealms`.
 * What names resolve to is checked by the transport, for `untrusted` hosts.
 *
 * Credentials may go to the registry's own host, to a host of the same site (see {@link isSameSite}), to the hosts where
 * well-known registries keep their token servers, and to `authRealms`.
 * @param realm - the challenge's `realm` parameter.
 * @param connection - whose `authRealms` (`host[:port]`) count.
 * @param registryUrl - the origin of the registry's API.
 * @throws ERR_ADDRESS_REFUSED when it may not be asked at all, ERR_AUTH when it is no URL.
 * @see https://github.com/distribution/distribution/blob/v3.0.0/docs/content/spec/auth/token.md
 */
export function checkRealm(realm: string, connection: RegistryConnection, registryUrl: URL): Realm {
  const url = parseRealm(realm, registryUrl);
  const refuse = (reason: string) =>
    new ProviderError(
      "ERR_ADDRESS_REFUSED",
      `${connection.address} sends clients to ${redactUrl(url)} for tokens, ${reason}. Nothing was sent there: ask the registry's operator.`,
      { url: redactUrl(url) },
    );
  if (url.protocol !== "https:" && !(url.protocol === "http:" && registryUrl.protocol === "http:"))
    throw refuse("which is not an https URL");
  if (url.username !== "" || url.password !== "") throw refuse("with a user name or password in the URL");
  const ownHost = isSameHost(url.hostname, registryUrl.hostname);
  const listed = (connection.authRealms ?? []).some((entry) => hostOf(entry, url.protocol) === url.host);
  const named = ownHost || listed;
  const ip = ipOf(url.hostname);
  if (!named && ip !== undefined && isPrivateAddress(ip))
    throw refuse("a private address that is not the registry's own");
  url.hash = "";
  return {
    url,
    host: named ? "named" : "untrusted",
    mayReceiveCredentials:
      named || isSameSite(url.hostname, registryUrl.hostname) || isWellKnown(url.hostname, registryUrl.hostname),
  };
}

function parseRealm(realm: string, registryUrl: URL): URL {
  if (URL.canParse(realm)) return new URL(realm);
  throw new ProviderError(
    "ERR_AUTH",
    `${redactUrl(registryUrl)}: the registry's Bearer challenge has no usable realm (an absolute URL). Ask the registry's operator.`,
    { host: registryUrl.host },
  );
}

// Token servers outside their registry's site. Each pattern covers hosts that only the registry's operator can have.
const wellKnownRealms: readonly (readonly [registry: RegExp, realm: RegExp])[] = [
  [/^(registry-1|index)\.docker\.io$/, /^auth\.docker\.io$/],
  [/^registry([a-z-]*\.[a-z0-9-]+)?\.aliyuncs\.com$/, /^dockerauth\.[a-z0-9-]+\.aliyuncs\.com$/],
  [/^rg\.[a-z0-9-]+\.scw\.cloud$/, /^api\.scaleway\.com$/],
];

function isWellKnown(realmHost: string, registryHost: string): boolean {
  // A regional endpoint of an Azure registry (contoso.eastus.geo.azurecr.io) belongs to contoso.azurecr.io.
  if (registryHost.replace(/\.[a-z0-9]+\.geo(\.azurecr\.(io|cn|us))$/, "$1") === realmHost) return true;
  return wellKnownRealms.some(([registry, realm]) => registry.test(registryHost) && realm.test(realmHost));
}

/** Every name of this machine's loopback is one host: nobody else can answer there. */
function isSameHost(a: string, b: string): boolean {
  return a === b || (isLoopbackAddress(a) && isLoopbackAddress(b));
}

function ipOf(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[|\]$/g, "");
  return isIP(bare) === 0 ? undefined : bare;
}

/** The canonical `host[:port]` of an `authRealms` entry, or of nothing when it is malformed. */
function hostOf(entry: string, protocol: string): string | undefined {
  const text = `${protocol}//${entry}`;
  return URL.canParse(text) ? new URL(text).host : undefined;
}
