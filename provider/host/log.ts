import { log, runtime } from "@pulumi/pulumi";
import { redact } from "../errors";

let connected = false;

/**
 * Tells the user something through the engine; redacted. The dynamic provider's process is not connected to the engine's log
 * by itself, but it gets the engine's address as its first argument.
 */
export function tell(severity: "info" | "warn", message: string): void {
  const [, , engineAddress] = process.argv;
  if (!connected && engineAddress !== undefined && !runtime.hasEngine()) {
    runtime.resetOptions("", "", -1, engineAddress, "", false, "");
  }
  connected = true;
  void log[severity](redact(message));
}
