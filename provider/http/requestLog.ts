import { isProviderError, redact } from "../errors";
import type { Clock } from "./clock";
import type { Environment } from "./proxy";
import { redactUrl } from "./url";
import type { RequestOutcome, RequestWatch } from "./watchedTransport";

/** The parts of the world that a log of requests needs. */
export interface RequestLogWorld {
  /** Of it PULUMI_MULTIARCH_DEBUG counts. */
  readonly environment: Environment;
  readonly clock: Pick<Clock, "now">;
  /** Told, once, of a value of the variable that is not known. */
  warn(text: string): void;
  /** Called when a request is sent. @returns what writes the request's lines, without a line break. */
  open(): (line: string) => void;
}

const variable = "PULUMI_MULTIARCH_DEBUG";
const known = "http";

/**
 * The log that `PULUMI_MULTIARCH_DEBUG=http` asks for: a line for each request, each hop of a redirect and each retry among them.
 * It has the method, the redacted URL, the status or the error's code, and the time until the response's headers.
 * @returns `undefined` when the variable asks for none.
 */
export function requestLog({ environment, clock, warn, open }: RequestLogWorld): RequestWatch | undefined {
  const value = environment[variable]?.trim() ?? "";
  if (value !== "" && value !== known)
    warn(`${variable} is ${JSON.stringify(value)}, which is not known and changes nothing. Set it to "${known}".`);
  if (value !== known) return undefined;
  return ({ method, url }) => {
    const write = open();
    const start = clock.now();
    return (outcome) => {
      const milliseconds = Math.round(clock.now() - start);
      write(redact(`http: ${method} ${redactUrl(url)}: ${describe(outcome)} after ${milliseconds} ms`));
    };
  };
}

function describe(outcome: RequestOutcome): string {
  if ("status" in outcome) return String(outcome.status);
  const { error } = outcome;
  const code = codeOf(error) ?? "an unexpected error";
  const lower = isProviderError(error) ? codeOf(error.cause) : undefined;
  return lower === undefined ? code : `${code} (${lower})`;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
