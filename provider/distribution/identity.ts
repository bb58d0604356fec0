import { hasCode } from "../errors";
import { isWithin } from "./repositoryPath";
import { anonymous, type ResolvedCredentials } from "./resolvedCredentials";

/** The credentials in use. Resolved when first needed; replaced at most once, by the fallback. */
export interface Identity {
  /** Calls at the same time share one look-up. One that fails is not kept: the next call looks again. */
  current(): Promise<ResolvedCredentials>;
  /**
   * Takes note that the registry does not accept these credentials.
   * @param because - the error that says so.
   * @param mayBeNobody - whether an anonymous client would do as well, when there are no other credentials.
   * @returns whether {@link Identity.current} gives others by now.
   */
  refuse(refused: ResolvedCredentials, because: unknown, mayBeNobody?: boolean): Promise<boolean>;
  /** Why the credentials before an anonymous client were refused: it says more than that the anonymous one is. */
  refusal(): unknown;
}

/**
 * The identity of one registry's client.
 * @param resolve - looks the credentials up.
 * @param fallback - looks up what to try once when those are refused. If that fails or finds nobody, the refusal stands: it tells
 * more about the credentials that were meant. If it fails, the next refusal has it look again.
 */
export function createIdentity(
  resolve: () => Promise<ResolvedCredentials>,
  fallback: (() => Promise<ResolvedCredentials>) | undefined,
): Identity {
  let current: Promise<ResolvedCredentials> | undefined;
  let next = fallback;
  let refusal: unknown;

  async function exchange(
    refused: ResolvedCredentials,
    find: () => Promise<ResolvedCredentials>,
    mayBeNobody: boolean,
  ) {
    const found = await find().catch(() => {
      next = find;
      return refused;
    });
    return found.kind === "anonymous" && !mayBeNobody ? refused : found;
  }

  const getCurrent = () => {
    if (current !== undefined) return current;
    const look = resolve();
    current = look;
    look.catch(() => {
      current = undefined;
    });
    return look;
  };
  return {
    current: getCurrent,
    async refuse(refused, because, mayBeNobody = false) {
      const isCurrent = (await getCurrent()) === refused;
      const find = next;
      if (isCurrent && find !== undefined) {
        next = undefined;
        current = exchange(refused, find, mayBeNobody);
      }
      const now = await getCurrent();
      if (now !== refused && now.kind === "anonymous") refusal ??= because;
      return now !== refused;
    },
    refusal: () => refusal,
  };
}

/**
 * The same identity for reading what may be public: when its credentials are refused or cannot be looked up, an anonymous client
 * takes their place.
 * @param notify - told why, once.
 */
export function readingIdentity(identity: Identity, notify: (because: unknown) => void): Identity {
  let refusal: { readonly because: unknown } | undefined;
  const becomeNobody = (because: unknown) => {
    if (refusal === undefined) notify(because);
    refusal ??= { because };
    return anonymous;
  };
  return {
    async current() {
      if (refusal !== undefined) return anonymous;
      return identity.current().catch((error: unknown) => {
        if (hasCode(error, "ERR_AUTH")) return becomeNobody(error);
        throw error;
      });
    },
    async refuse(refused, because, mayBeNobody) {
      if (refused.kind === "anonymous") return refusal === undefined && identity.refuse(refused, because, mayBeNobody);
      if (refusal === undefined && !(await identity.refuse(refused, because, mayBeNobody))) becomeNobody(because);
      return true;
    },
    refusal: () => refusal?.because ?? identity.refusal(),
  };
}

/** How the credentials of a registry's repositories are found. */
export interface CredentialLookup {
  /** @param path - a repository's name or the beginning of one that has a login of its own; empty for the registry itself. */
  resolve(path: string): Promise<ResolvedCredentials>;
  /** The credentials to try once when those are refused. */
  readonly fallback?: (path: string) => Promise<ResolvedCredentials>;
  /** The beginnings of repositories' names that have a login of their own. */
  paths(): Promise<readonly string[]>;
}

/**
 * Keeps an identity for each login of a registry: repositories with the same login share one.
 * @returns the identity for a repository; without a name, the registry's own one, else that of its first login with a path.
 */
export function createIdentities(lookup: CredentialLookup): (repository: string | undefined) => Promise<Identity> {
  const identities = new Map<string, Identity>();
  let paths: Promise<readonly string[]> | undefined;

  function identityOf(path: string): Identity {
    const { resolve, fallback } = lookup;
    const identity = identities.get(path) ?? createIdentity(() => resolve(path), fallback && (() => fallback(path)));
    identities.set(path, identity);
    return identity;
  }

  return async (repository) => {
    paths ??= lookup.paths();
    const known = await paths;
    const [longest = ""] = known.filter((path) => isWithin(repository ?? "", path)).sort((a, b) => b.length - a.length);
    const own = identityOf(longest);
    const [first] = known;
    const isWanting = repository === undefined && first !== undefined && (await own.current()).kind === "anonymous";
    return isWanting ? identityOf(first) : own;
  };
}
