/** Result of putting one tag: written just now, found to name the digest already, or neither. */
export type TagOutcome =
  | { readonly tag: string; readonly result: "written"; readonly subjectHandled: boolean }
  | { readonly tag: string; readonly result: "found" }
  | {
      readonly tag: string;
      readonly result: "failed";
      readonly error: unknown;
      /** The registry has taken the write, but could not be asked afterwards. */
      readonly isAcknowledged?: boolean;
    };

/** The errors of the tags that failed. */
export function errorsOf(outcomes: readonly TagOutcome[]): readonly unknown[] {
  return outcomes.flatMap((outcome) => (outcome.result === "failed" ? [outcome.error] : []));
}
