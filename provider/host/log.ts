import { runtime } from "@pulumi/pulumi";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { redact } from "../errors";

/** What the user is told, and where. */
export interface Message {
  /** `debug`: shown with `--debug` alone. `progress`: a row beside the resource that the next one takes the place of, and that is not kept. */
  readonly kind: "debug" | "info" | "warning" | "progress";
  /** Redacted before it is told. */
  readonly text: string;
  /** Of the resource that it stands at; the stack when it is not known. */
  readonly urn?: string | undefined;
}

const severities = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  progress: LogSeverity.INFO,
} as const;

/**
 * Tells the user something through the engine. The dynamic provider's process is not connected to the engine's log by itself,
 * but it gets the engine's address as its first argument.
 */
export function tell({ kind, text, urn = "" }: Message): void {
  const request = new LogRequest();
  request.setSeverity(severities[kind]);
  request.setMessage(redact(text));
  request.setUrn(urn);
  request.setEphemeral(kind === "progress");
  // An engine that does not answer has ended, and its display with it.
  engine()?.log(request, () => {});
}

function engine(): ReturnType<typeof runtime.getEngine> {
  const [, , engineAddress] = process.argv;
  if (engineAddress !== undefined && runtime.getEngine() === undefined)
    runtime.resetOptions("", "", -1, engineAddress, "", false, "");
  return runtime.getEngine();
}
