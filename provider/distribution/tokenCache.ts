import type { Clock } from "../http/clock";
import type { Scope } from "./authorization";
import { type HeldToken, isStale } from "./heldToken";
import { scopeTexts } from "./scope";
import type { Token } from "./tokenAnswer";

/** The tokens for one registry and one identity, one for each set of scopes. */
export interface TokenCache {
  /**
   * A token for exactly these scopes: the one at hand until shortly before it expires, else a new one. Calls for the same scopes
   * at the same time share one request. A failure is not kept.
   */
  get(wanted: readonly Scope[]): Promise<string>;
  /**
   * Takes note that the registry refused a token. The next {@link TokenCache.get} fetches another one, also for the scopes
   * that the registry's challenge named.
   * @param challenged - the challenge's `scope` parameter; see `scopeTexts` for what of it counts.
   * @returns false when the refused token is itself the replacement of a refused one, fetched less than a minute ago: a third
   * would fare no better.
   */
  replace(wanted: readonly Scope[], refused: string, challenged: string | undefined): boolean;
}

interface Entry {
  /** What is asked for: the wanted scopes, and perhaps more that a challenge named. */
  readonly scopes: readonly string[];
  readonly isReplacement: boolean;
  token?: HeldToken;
  flight?: Promise<string>;
}

const replacementPeriodMs = 60_000;

/**
 * An empty cache.
 * @param clock - decides what has expired.
 * @param fetch - asks the token server.
 */
export function createTokenCache(clock: Clock, fetch: (scopes: readonly string[]) => Promise<Token>): TokenCache {
  const entries = new Map<string, Entry>();

  async function refresh(entry: Entry): Promise<string> {
    try {
      const token = await fetch(entry.scopes);
      entry.token = { ...token, obtainedAt: clock.now() };
      return token.value;
    } finally {
      delete entry.flight;
    }
  }

  return {
    async get(wanted) {
      const scopes = scopeTexts(wanted);
      const held = entries.get(keyOf(scopes)) ?? { scopes, isReplacement: false };
      const entry = isStale(held.token, clock.now()) ? { scopes: held.scopes, isReplacement: false } : held;
      entries.set(keyOf(scopes), entry);
      if (entry.token !== undefined) return entry.token.value;
      entry.flight ??= refresh(entry);
      return entry.flight;
    },
    replace(wanted, refused, challenged) {
      const key = keyOf(scopeTexts(wanted));
      const entry = entries.get(key);
      if (entry?.token?.value !== refused) return true;
      const age = clock.now() - entry.token.obtainedAt;
      if (entry.isReplacement && age < replacementPeriodMs) return false;
      entries.set(key, { scopes: scopeTexts(wanted, challenged), isReplacement: true });
      return true;
    },
  };
}

function keyOf(scopes: readonly string[]): string {
  return scopes.join(" ");
}
