import type { History } from "../history";

/** A short history that once went wrong, written by hand. */
export interface Row {
  /** Of the list of what was found. */
  readonly number: string;
  /** For the command line. */
  readonly name: string;
  /** What a user may rely on. */
  readonly promise: string;
  readonly history: History;
}
