import { breakFaults, connectionFaults, noFaults } from "./connectionFaults";
import { contentFaults } from "./contentFaults";
import type { FaultGroup, FaultRow } from "./faultRow";
import type { Operation, OperationName } from "./operations";
import { redirectFaults } from "./redirectFaults";
import { refusalFaults } from "./refusalFaults";
import type { Verdict } from "./verdict";

/** The rows of the table. */
export const faultGroups: readonly FaultGroup[] = [
  noFaults,
  connectionFaults,
  breakFaults,
  contentFaults,
  refusalFaults,
  redirectFaults,
];

/** The verdict of one cell. */
export function verdictOf({ usually, but = {} }: FaultRow, operation: Operation & { name: OperationName }): Verdict {
  return (but[operation.name] ?? usually)(operation);
}
