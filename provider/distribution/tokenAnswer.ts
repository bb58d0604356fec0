import { rememberSecret } from "../errors";
import { asObject, type JsonObject, optionalString, parseJson } from "../oci/json";

/** The largest answer of a token server that is read, in bytes. */
export const tokenAnswerLimit = 64 * 1024;

/** A bearer token for one registry. */
export interface Token {
  readonly value: string;
  /** How long it is good for from when it arrived, in milliseconds. */
  readonly lifetimeMs: number;
}

// The specification's default.
const defaultLifetimeSeconds = 60;

/**
 * Reads a token server's answer. The token is redacted from now on.
 *
 * It lives for `expires_in` seconds from `issued_at`; for a JWT without `expires_in`, for its own `exp` less its `iat`; else for
 * 60 s. A token that by this has already expired is one from a server whose clock is not ours: it counts from now.
 * @param body - JSON with `token` or `access_token`.
 * @param dateMs - when it arrived, in milliseconds since the Unix epoch.
 * @returns `undefined` for an answer without a token that fits a header.
 * @throws ERR_CONTENT_INVALID when it is not JSON of that form; the message never quotes it.
 * @see https://github.com/distribution/distribution/blob/v3.0.0/docs/content/spec/auth/token.md#token-response-fields
 */
export function parseTokenAnswer(body: Uint8Array, dateMs: number): Token | undefined {
  const answer = asObject(parseJson(body, "the answer", tokenAnswerLimit), "the answer:");
  const value = optionalString(answer, "token") || optionalString(answer, "access_token") || "";
  if (!/^[\x21-\x7e]+$/.test(value)) return undefined;
  rememberSecret(value);
  const refreshToken = optionalString(answer, "refresh_token");
  if (refreshToken !== undefined) rememberSecret(refreshToken);
  return { value, lifetimeMs: lifetimeOf(answer, value, dateMs) };
}

function lifetimeOf(answer: JsonObject, token: string, dateMs: number): number {
  const claims = jwtTimes(token);
  const expiresIn = positive(answer.fields["expires_in"]);
  const [startMs, lifetimeMs] =
    expiresIn === undefined && claims !== undefined
      ? [claims.iat * 1000, (claims.exp - claims.iat) * 1000]
      : [Date.parse(String(answer.fields["issued_at"])), (expiresIn ?? defaultLifetimeSeconds) * 1000];
  const ageMs = Number.isNaN(startMs) ? 0 : Math.max(0, dateMs - startMs);
  return ageMs < lifetimeMs ? lifetimeMs - ageMs : lifetimeMs;
}

/** What a JWT says, unverified: that is the registry's business. `undefined` for what is no JWT. */
export function jwtClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const payload = Buffer.from(token.split(".")[1] ?? "", "base64url");
    return asObject(parseJson(payload, "the token", tokenAnswerLimit), "the token:").fields;
  } catch {
    return undefined;
  }
}

/**
 * How long a token is good for that came without a word about it: see {@link parseTokenAnswer}.
 * @param dateMs - when it arrived, in milliseconds since the Unix epoch.
 * @returns milliseconds from when it arrived.
 */
export function jwtLifetime(token: string, dateMs: number): number {
  return lifetimeOf(asObject({}, "the answer:"), token, dateMs);
}

function jwtTimes(token: string): { readonly exp: number; readonly iat: number } | undefined {
  const { exp, iat } = jwtClaims(token) ?? {};
  return typeof exp === "number" && typeof iat === "number" && exp > iat ? { exp, iat } : undefined;
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 && Number.isFinite(value) ? value : undefined;
}
