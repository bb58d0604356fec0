/** One entry of a registry's error body, as the distribution specification names it ("Error Codes"). */
export interface RegistryErrorEntry {
  readonly code: string;
  readonly message?: string;
  readonly detail?: unknown;
}

/** The facts that each error code carries beside its message. Nothing in them is secret. */
export interface ErrorDetails {
  /** An input of a resource or function is wrong; `path` is the input's own path, for example `images[1].platform`. */
  ERR_INPUT_INVALID: { readonly path: string };
  /** A reference, registry address, repository or tag does not follow the grammar. */
  ERR_REFERENCE_INVALID: { readonly reference: string };
  /** A text is not a digest of a supported algorithm. */
  ERR_DIGEST_INVALID: { readonly digest: string };
  /** Bytes, or a registry's answer about them, do not match the digest that was asked for. */
  ERR_DIGEST_MISMATCH: { readonly expected: string; readonly actual: string };
  /** Content is larger than the limit for its kind; both in bytes (entries, of a list), `actual` absent when reading stopped at the limit. */
  ERR_CONTENT_TOO_LARGE: { readonly limit: number; readonly actual?: number };
  /** Content that cannot be what it claims to be: malformed, ambiguous or contradicting its descriptor. */
  ERR_CONTENT_INVALID: Record<never, never>;
  /** Content of a media type that this client does not handle. */
  ERR_MEDIA_TYPE_UNSUPPORTED: { readonly mediaType: string };
  /** A platform text or object does not describe a platform. */
  ERR_PLATFORM_INVALID: { readonly platform: string };
  /** Two images of one index have the same platform identity. */
  ERR_PLATFORM_DUPLICATE: { readonly platform: string };
  /** A required platform is not among an index's images, or an index has no image for the wanted one. */
  ERR_PLATFORM_MISSING: { readonly platform: string };
  /** An image's config or its executables contradict the declared platform. */
  ERR_PLATFORM_MISMATCH: { readonly declared: string; readonly found: string };
  /** A local file, layout or archive that a source names cannot be read. */
  ERR_SOURCE_UNAVAILABLE: { readonly source: string };
  /** A thing that a registry was asked for (repository, manifest, tag, blob) is not there. */
  ERR_NOT_FOUND: { readonly reference: string };
  /** A 404 in which the registry itself does not say that what was asked for is not there: it may be there all the same. */
  ERR_ABSENCE_UNCONFIRMED: {
    readonly reference: string;
    /** Redacted. */
    readonly url: string;
  };
  /** No usable response: `retryable` says whether the same request may be sent again; the undici error is the `cause`. */
  ERR_TRANSPORT: {
    readonly method: string;
    readonly url: string;
    readonly retryable: boolean;
    /** Whether this machine is the reason, and not the address. */
    readonly isLocal?: boolean;
  };
  /** The server's certificate is not trusted, or the TLS handshake failed otherwise. Never retried. */
  ERR_TLS: {
    readonly method: string;
    readonly url: string;
    /** The member of the connection that decides; default: `caCertificate`. */
    readonly decidedBy?: "plainHttp" | "clientCertificate";
  };
  /** An operation did not end within its time; `timeoutMs` in milliseconds. */
  ERR_TIMEOUT: { readonly timeoutMs: number };
  /** A whole call of the engine took longer than its `customTimeouts`; `limitMs` in milliseconds. Never retried. */
  ERR_CALL_TIMEOUT: { readonly limitMs: number };
  /** Credentials are missing, malformed or refused, or a challenge or token answer cannot be used. */
  ERR_AUTH: { readonly host: string };
  /** A redirect, token realm, upload Location or Link header points where this client does not go. */
  ERR_ADDRESS_REFUSED: { readonly url: string };
  /** A registry answered with a status that the operation does not allow for. */
  ERR_REGISTRY: {
    readonly method: string;
    /** Redacted. */
    readonly url: string;
    readonly status: number;
    readonly errors: readonly RegistryErrorEntry[];
    /** The answer's Retry-After in milliseconds from when it arrived. */
    readonly retryAfterMs?: number;
  };
  /** A tag that is not ours already names another digest. */
  ERR_TAG_CONFLICT: { readonly tag: string; readonly digest: string };
  /** A tag, a manifest or the repository is locked against this (Azure). Never retried. */
  ERR_LOCKED: { readonly reference: string };
  /** The registry refuses to move an existing tag. Never retried. */
  ERR_TAG_IMMUTABLE: { readonly tag: string };
  /** A run of ACR Tasks ended without success; `status` as Azure names it. */
  ERR_RUN_FAILED: { readonly runId: string; readonly status: string };
}

/** The code of an error; stable, made for `switch`. */
export type ErrorCode = keyof ErrorDetails;

const brand = Symbol.for("pulumi-multiarch.ProviderError");

/**
 * The one error class of this package. Its message says what was tried, on what, what came back and what to do next;
 * known secrets are redacted from it. Tell errors apart by `code` with {@link hasCode}, never by `instanceof`:
 * a program may hold two copies of the package.
 */
export class ProviderError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "ProviderError";
  readonly [brand] = true;
  readonly code: C;
  readonly details: ErrorDetails[C];

  /**
   * @param code - which kind of failure.
   * @param message - one sentence or a few, for a person; redacted here.
   * @param details - the code's facts, for programs.
   * @param options - `cause`: the lower error; its text is not copied into the message.
   */
  constructor(code: C, message: string, details: ErrorDetails[C], options?: { cause?: unknown }) {
    super(redact(message), options);
    this.code = code;
    this.details = details;
  }
}

/** Every {@link ProviderError}, discriminated by `code`. */
export type AnyProviderError = { [C in ErrorCode]: ProviderError<C> }[ErrorCode];

/** Whether a thrown value is a {@link ProviderError} of this or another copy of the package. */
export function isProviderError(error: unknown): error is AnyProviderError {
  return typeof error === "object" && error !== null && brand in error;
}

/** Whether a thrown value is a {@link ProviderError} with this code. */
export function hasCode<C extends ErrorCode>(error: unknown, code: C): error is ProviderError<C> {
  return isProviderError(error) && error.code === code;
}

/** Whether a registry answered with this status (in an ERR_REGISTRY error). */
export function hasStatus(error: unknown, ...statuses: readonly number[]): error is ProviderError<"ERR_REGISTRY"> {
  return hasCode(error, "ERR_REGISTRY") && statuses.includes(error.details.status);
}

/** Whether a registry's error body holds this code of the distribution specification, for example `MANIFEST_BLOB_UNKNOWN`. */
export function hasRegistryCode(error: unknown, registryCode: string): error is ProviderError<"ERR_REGISTRY"> {
  return hasCode(error, "ERR_REGISTRY") && error.details.errors.some((entry) => entry.code === registryCode);
}

/** The message of any thrown value, redacted. */
export function messageOf(error: unknown): string {
  return redact(error instanceof Error ? error.message : String(error));
}

const secrets = new Set<string>();
const placeholder = "[redacted]";

/**
 * Makes a secret known to this process, so that {@link redact} removes it wherever it turns up.
 * Values shorter than four characters are not remembered: removing them would garble every text.
 */
export function rememberSecret(secret: string): void {
  if (secret.length < 4) return;
  secrets.add(secret);
  secrets.add(encodeURIComponent(secret));
  secrets.add(JSON.stringify(secret).slice(1, -1));
}

const secretPatterns: readonly (readonly [RegExp, string])[] = [
  [
    /\b(authorization|proxy-authorization|x-registry-auth|cookie)(["']?\s*[:=]\s*["']?)[^\r\n"']+/gi,
    `$1$2${placeholder}`,
  ],
  [
    /\b([a-z_]{0,40}token|password|signature|sig|se|X-(?:Amz|Goog)-[a-z-]{1,40})=(?!\[redacted\])[^&\s"'#]+/gi,
    `$1=${placeholder}`,
  ],
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, placeholder],
  [/\b(https?:\/\/)[^/@\s"']+@/gi, `$1${placeholder}@`],
];
// Everything that a terminal might obey, but for newline and tab.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed
const controlCharacters = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * A text without secrets and control characters, fit for logs and errors: known secrets, authorization headers,
 * token-like query parameters, JWTs and user info of URLs are replaced by `[redacted]`.
 */
export function redact(text: string): string {
  let result = text;
  for (const secret of [...secrets].sort((a, b) => b.length - a.length))
    result = result.replaceAll(secret, placeholder);
  for (const [pattern, replacement] of secretPatterns) result = result.replace(pattern, replacement);
  return result.replace(controlCharacters, "");
}
