import type { Fault } from "../support/faultyRegistry";
import type { OperationName } from "./operations";
import type { Rule } from "./verdict";

/** A row of the table. */
export interface FaultRow {
  readonly name: string;
  readonly fault: Fault;
  /** The verdict of every operation that is not in `but`. */
  readonly usually: Rule;
  readonly but?: Readonly<Partial<Record<OperationName, Rule>>>;
  /** The registry speaks TLS. */
  readonly tls?: boolean;
  /** The client's time-out is short: it is waited for in earnest. */
  readonly stalls?: boolean;
  /** The least pause before the operation goes on, in seconds. */
  readonly pauseSeconds?: number;
}

/** Rows that belong together. */
export interface FaultGroup {
  readonly title: string;
  readonly rows: readonly FaultRow[];
}
