import type { Clock } from "../../http/clock";

/** Whether two addresses are one registry, as far as this process has found out for a repository. */
export interface RegistryAliases {
  /**
   * Answers for two addresses, in either order. A probe that has told is not repeated; one that failed is after a minute.
   * @param probe - finds out; its failure is doubt.
   */
  areOne(
    addresses: readonly [string, string],
    repository: string,
    clock: Pick<Clock, "now">,
    probe: () => Promise<boolean>,
  ): Promise<boolean | "doubt">;
}

const doubtMs = 60_000;

/** Nothing is known at first. */
export function createRegistryAliases(): RegistryAliases {
  const answers = new Map<string, Promise<boolean | "doubt">>();
  const doubtsUntil = new Map<string, number>();
  return {
    areOne(addresses, repository, clock, probe) {
      const key = `${[...addresses].sort().join(" ")} ${repository}`;
      const known = answers.get(key);
      if (known !== undefined && clock.now() < (doubtsUntil.get(key) ?? Number.POSITIVE_INFINITY)) return known;
      doubtsUntil.delete(key);
      const answer = probe().catch(() => {
        doubtsUntil.set(key, clock.now() + doubtMs);
        return "doubt" as const;
      });
      answers.set(key, answer);
      return answer;
    },
  };
}
