import { ProviderError, redact } from "../errors";
import { isDigest } from "./digest";
import { quote } from "./quote";

/** A parsed reference to a manifest or repository; canonical, see {@link parseReference}. */
export interface Reference {
  /** `host[:port]` of the registry, as {@link parseRegistryAddress} returns it. */
  readonly address: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** Makes the error for a text that a parser refuses, from the reason alone. */
type Fault = (reason: string) => ProviderError;

const defaultAddress = "docker.io";
const aliases: readonly string[] = ["docker.io", "index.docker.io", "registry-1.docker.io"];
const repositoryPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const namePattern = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/;
const longestRepository = 255;
const longestHost = 255;

/**
 * Reads a reference `[host[:port]/]repository[:tag][@digest]` by the grammar of distribution/reference, with Docker Hub's
 * defaults: `ubuntu` is `library/ubuntu` on `docker.io`. No tag is invented.
 * @param text - any text. A first component is a host when it holds a dot or colon or is `localhost`.
 * @returns the canonical parts; each is safe in a URL.
 * @throws ERR_REFERENCE_INVALID, telling what is wrong.
 * @see https://github.com/distribution/reference/blob/v0.6.0/reference.go
 */
export function parseReference(text: string): Reference {
  const form = "[host[:port]/]repository[:tag][@digest], for example ghcr.io/team/server:1.4.0";
  const fault = faultOf(text, "an image reference", form);
  requireSafe(text, fault);
  if (/^[a-f0-9]{64}$/.test(text) || isDigest(text)) throw fault("it is a digest alone, without a repository");
  const [named = "", digest, ...rest] = text.split("@", 3);
  if (rest.length > 0) throw fault('"@" is there more than once');
  if (digest !== undefined && !isDigest(digest)) {
    throw fault('what follows "@" is not a digest (sha256: and 64, or sha512: and 128 lower-case hexadecimal digits)');
  }
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  if (tag !== undefined) requireTag(tag, fault);
  const { address, repository } = splitName(colon < 0 ? named : named.slice(0, colon), fault);
  requireRepository(repository, fault);
  return { address, repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/** The canonical text of a reference, `host[:port]/repository[:tag][@digest]`; {@link parseReference} reads it back. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  const digest = reference.digest === undefined ? "" : `@${reference.digest}`;
  return `${reference.address}/${reference.repository}${tag}${digest}`;
}

/**
 * The reference to what a tag or digest names in a repository.
 * @param repository - `host[:port]/repository`.
 * @returns `host[:port]/repository:tag` or `host[:port]/repository@digest`.
 */
export function referenceTo(repository: string, tagOrDigest: string): string {
  return `${repository}${isDigest(tagOrDigest) ? "@" : ":"}${tagOrDigest}`;
}

/**
 * Reads a registry's address, `host[:port]`; an IPv6 host stands in brackets.
 * @returns the address with the host in lower case, IP addresses in their shortest form, and Docker Hub's hosts as
 * `docker.io`.
 * @throws ERR_REFERENCE_INVALID also for a URL, and for a host without a dot or port: in a reference it would read as a
 * namespace of Docker Hub.
 */
export function parseRegistryAddress(text: string): string {
  const fault = faultOf(text, "a registry address", "host[:port], for example registry.example.com or localhost:5000");
  requireSafe(text, fault);
  if (text.includes("/")) throw fault('leave out "/" and what follows it: the repository has an input of its own');
  if (text.includes("@")) throw fault("leave user name and password out: they go into the credentials");
  return canonicalAddress(text, fault);
}

/**
 * Whether a registry is on this machine by its address alone: `localhost` and names below it (RFC 6761), 127.0.0.0/8, `[::1]`.
 * @param address - canonical, as {@link parseRegistryAddress} returns it.
 */
export function isLoopbackAddress(address: string): boolean {
  return /^(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/.test(address);
}

/**
 * Takes a text as a repository's name: at most 255 characters, components of lower-case letters and digits.
 * @returns the text itself.
 * @throws ERR_REFERENCE_INVALID.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
 */
export function parseRepository(text: string): string {
  const fault = faultOf(
    text,
    "a repository name",
    "component[/component…] without host and tag, for example team/server",
  );
  requireSafe(text, fault);
  const [first = ""] = text.split("/", 1);
  // Without a port it may be a name: mirrors have repositories such as docker.io/library/alpine.
  if (text.includes("/") && first.includes(":"))
    throw fault(`it begins with the registry ${quote(first)}, which is an input of its own`);
  if (text.includes("@")) throw fault("it has a digest");
  if (text.includes(":")) throw fault("it has a tag, which is an input of its own");
  requireRepository(text, fault);
  return text;
}

/**
 * Takes a text as a tag: at most 128 letters, digits, underscores, periods and dashes, the first no period or dash.
 * @returns the text itself.
 * @throws ERR_REFERENCE_INVALID.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
 */
export function parseTag(text: string): string {
  const fault = faultOf(text, "a tag", "for example 1.4.0");
  requireSafe(text, fault);
  requireTag(text, fault);
  return text;
}

function faultOf(text: string, what: string, form: string): Fault {
  const shown = redact(withoutUserInfo(text));
  return (reason) =>
    new ProviderError("ERR_REFERENCE_INVALID", `${quote(shown)} is not ${what}: ${reason}. The form is ${form}.`, {
      reference: shown,
    });
}

/** `user:password@host` is a common slip, and what it holds must not be shown. */
function withoutUserInfo(text: string): string {
  return text.replace(/^.*@(?!sha\d+:)/s, "[redacted]@");
}

/** Refuses, in words of their own, the texts that would change the meaning of a URL. */
function requireSafe(text: string, fault: Fault): void {
  if (text === "") throw fault("it is empty");
  if (text.includes("://")) throw fault('leave the scheme ("https://") out');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be refused
  if (/[\s\u0000-\u001f\u007f-\u009f]/.test(text)) throw fault("it holds white space or control characters");
  const forbidden = /[%?#\\]/.exec(text);
  if (forbidden !== null) throw fault(`it holds ${quote(forbidden[0])}`);
  if (text.includes("..")) throw fault('it holds ".."');
}

function splitName(name: string, fault: Fault): { readonly address: string; readonly repository: string } {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const named = /[.:]/.test(first) || first.toLowerCase() === "localhost";
  const address = named ? canonicalAddress(first, fault) : defaultAddress;
  const repository = named ? name.slice(slash + 1) : name;
  const official = address === defaultAddress && !repository.includes("/");
  return { address, repository: official ? `library/${repository}` : repository };
}

function canonicalAddress(text: string, fault: Fault): string {
  const [, host = "", port] = /^(\[[A-Fa-f0-9:]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (host === "" || host.length > longestHost) throw fault("its host or port is malformed");
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535))
    throw fault("its port is not within 1 and 65535");
  const canonical = canonicalHost(host, fault);
  if (aliases.includes(canonical) && port === undefined) return defaultAddress;
  if (port === undefined && !/[.[]/.test(canonical) && canonical !== "localhost") {
    throw fault(`a host without a dot reads as a namespace of Docker Hub; add its port, for example ${canonical}:443`);
  }
  return port === undefined ? canonical : `${canonical}:${Number(port)}`;
}

/** As a URL will have it, so that an address and the request's URL never mean two hosts. */
function canonicalHost(host: string, fault: Fault): string {
  if (!host.startsWith("[") && !host.split(".").every((name) => namePattern.test(name))) {
    throw fault("its host holds more than letters, digits and, within a name, dashes");
  }
  const url = `http://${host}`;
  if (!URL.canParse(url)) throw fault("its host is not a name or IP address");
  return new URL(url).hostname;
}

function requireRepository(name: string, fault: Fault): void {
  if (name.length > longestRepository) throw fault(`its repository name has more than ${longestRepository} characters`);
  if (/[A-Z]/.test(name)) throw fault("a repository name is in lower case");
  if (!repositoryPattern.test(name)) {
    throw fault(
      "a repository name is made of lower-case letters and digits, with single periods, one or two underscores, or dashes " +
        'between them, and "/" between its components',
    );
  }
}

function requireTag(tag: string, fault: Fault): void {
  if (tagPattern.test(tag)) return;
  throw fault(
    "a tag has 1 to 128 letters, digits, underscores, periods and dashes and does not begin with a period or dash",
  );
}
