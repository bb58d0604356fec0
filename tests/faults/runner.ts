import { registryClient } from "../../provider/distribution/registryClient";
import type { RegistryClient } from "../../provider/distribution/repository";
import { isProviderError, messageOf } from "../../provider/errors";
import { impatientClock } from "../registry/distribution/content";
import type { Certificates } from "../support/certificates";
import { type FaultyRegistry, faultyRegistry } from "../support/faultyRegistry";
import type { FaultRow } from "./faultRow";
import type { Operation, OperationName } from "./operations";
import type { Verdict } from "./verdict";

/** What became of one cell. */
export interface Outcome {
  readonly operation: OperationName;
  /** In the words of a verdict; never `impossible`. */
  readonly verdict: Verdict;
  /** For people, when the operation failed. */
  readonly message: string;
  /** How long the operation waited by its clock, in seconds. */
  readonly waitedSeconds: number;
}

/** A cell under way. */
export interface Cell {
  /** Ends when the operation has; never fails. */
  readonly outcome: Promise<Outcome>;
  /** Ends the client. @returns how many of its connections are still open then. */
  close(): Promise<number>;
}

/** Certificates for the rows with TLS; `bad` is from an authority that the client does not know. */
export interface CellCertificates {
  readonly good: Certificates;
  readonly bad: Certificates;
}

/** Starts an operation on a registry with a fault. Nobody else knows that registry or its client. */
export async function startCell(
  row: FaultRow,
  operation: Operation & { readonly name: OperationName },
  certificates: CellCertificates,
): Promise<Cell> {
  const registry = await faultyRegistry(row.fault, operation.position, row.tls ? certificates : undefined);
  operation.prepare(registry.content);
  const clock = impatientClock();
  const client = registryClient(
    {
      address: registry.address,
      credentials: { anonymous: true },
      plainHttp: !row.tls,
      ...(row.tls && { caCertificate: certificates.good.ca }),
      ...(row.stalls && { timeoutSeconds: 0.05 }),
    },
    { clock, environment: {}, config: () => undefined, notify: () => {}, lookup: registry.lookup },
  );
  const startMs = clock.now();
  const outcome = run(operation, client, registry).then(([verdict, message]) => ({
    operation: operation.name,
    verdict,
    message,
    waitedSeconds: (clock.now() - startMs) / 1000,
  }));
  return {
    outcome,
    async close() {
      await client.close();
      const left = await settled(registry.openConnections);
      await registry.stop();
      return left;
    },
  };
}

async function run(operation: Operation, client: RegistryClient, registry: FaultyRegistry): Promise<[Verdict, string]> {
  try {
    const answer = await operation.run(client, registry.content);
    const requests = registry.requests();
    return [answer === "done" ? { kind: "recovers", requests } : { kind: "answers", answer, requests }, ""];
  } catch (error) {
    if (!isProviderError(error)) throw error;
    return [{ kind: "fails", code: error.code, requests: registry.requests() }, messageOf(error)];
  }
}

/** What is left of something that goes away by itself: it gets a thousand turns of the event loop. */
export async function settled(count: () => number): Promise<number> {
  for (let turn = 0; turn < 1000 && count() > 0; turn++) await new Promise(setImmediate);
  return count();
}
