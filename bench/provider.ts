import { join } from "node:path";
import { runCommand } from "./command";

/** Which of the engine's calls are made for a new resource: check alone, or check and create. */
export type Phase = "preview" | "update";

/** What a provider process says of itself. */
export interface ProviderCost {
  /** How long the process took to start. */
  readonly startMs: number;
  /** How long the engine's calls took. */
  readonly workMs: number;
  /** Memory before the first call. */
  readonly idleBytes: number;
  readonly peakBytes: number;
}

/**
 * Makes the engine's calls for one new resource in a process of their own.
 * @param handler - as `pulumi-multiarch/provider` names it.
 * @param program - the resource's inputs.
 * @param earlier - of one that is made before, and not measured.
 */
export async function runProvider(
  handler: string,
  phase: Phase,
  program: object,
  home: string,
  earlier?: object,
): Promise<ProviderCost> {
  const script = join(__dirname, "providerProcess.mjs");
  const input = JSON.stringify({ handler, phase, program, earlier });
  const { stdout } = await runCommand([process.execPath, script], home, input);
  return JSON.parse(stdout);
}
