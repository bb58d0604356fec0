import type { ResolvedCredentials } from "./resolvedCredentials";

/** Who we are to one registry: looked up when first needed, and at most once exchanged for somebody else. */
export interface Identity {
  /** Calls at the same time share one look. One that fails is not kept: the next call looks again. */
  current(): Promise<ResolvedCredentials>;
  /**
   * Takes note that the registry does not accept these credentials.
   * @param mayBeNobody - whether nobody would do as well, when there is nobody else.
   * @returns whether {@link Identity.current} gives others by now.
   */
  refuse(refused: ResolvedCredentials, mayBeNobody?: boolean): Promise<boolean>;
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
    async refuse(refused, mayBeNobody = false) {
      const isCurrent = (await getCurrent()) === refused;
      const find = next;
      if (isCurrent && find !== undefined) {
        next = undefined;
        current = exchange(refused, find, mayBeNobody);
      }
      return (await getCurrent()) !== refused;
    },
  };
}
