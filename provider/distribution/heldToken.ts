import type { Token } from "./tokenAnswer";

/** A token and when it was got, by the clock's `now`. */
export interface HeldToken extends Token {
  readonly obtainedAt: number;
}

const longestMarginMs = 30_000;

/** A token is renewed while it still has a quarter of its life, at most 30 s: the request it goes with takes time too. */
export function isStale(token: HeldToken | undefined, nowMs: number): boolean {
  if (token === undefined) return false;
  return nowMs >= token.obtainedAt + token.lifetimeMs - Math.min(longestMarginMs, token.lifetimeMs / 4);
}
