import { ProviderError, rememberSecret } from "../errors";
import type { JsonObject } from "../oci/json";
import { optionalString } from "../oci/json";

/** An access token of Entra, for one audience. */
export interface EntraToken {
  /** Redacted from every message from now on. */
  readonly value: string;
  /** By the clock's `now`. */
  readonly expiresAt: number;
}

// Entra's tokens live for at least an hour; an answer that does not say is looked at again before long.
const defaultLifetimeSeconds = 300;

/**
 * Takes the token out of an answer: `access_token` with `expires_in` in seconds, a number or a text.
 * @param host - who answered, for the error.
 * @param nowMs - when it arrived, by the clock's `now`.
 * @throws ERR_AUTH for an answer without a token that fits a header.
 */
export function readEntraToken(answer: JsonObject, host: string, nowMs: number): EntraToken {
  const value = optionalString(answer, "access_token") ?? "";
  const seconds = Number(answer.fields["expires_in"]);
  return entraToken(value, nowMs + (seconds > 0 ? seconds : defaultLifetimeSeconds) * 1000, host);
}

/**
 * A token that was got, redacted from now on.
 * @throws ERR_AUTH for one that does not fit a header.
 */
export function entraToken(value: string, expiresAt: number, host: string): EntraToken {
  rememberSecret(value);
  if (/^[\x21-\x7e]+$/.test(value)) return { value, expiresAt };
  const message = `${host} answered without a usable access token. Ask its operator.`;
  throw new ProviderError("ERR_AUTH", message, { host });
}
