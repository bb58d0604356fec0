import type { Token } from "./tokenAnswer";

/** A token and when it was got, in milliseconds since the Unix epoch. */
export interface HeldToken extends Token {
  readonly obtainedAt: number;
}

const longestMarginMs = 30_000;

/** A token is renewed while it still has a quarter of its life, at most 30 s: the request it goes with takes time too. */
export function isStale(token: HeldToken | undefined, nowMs: number): boolean {
  if (token === undefined) return false;
  return nowMs >= token.expiresAt - Math.min(longestMarginMs, (token.expiresAt - token.obtainedAt) / 4);
}
