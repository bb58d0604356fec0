import { ProviderError } from "../errors";

const defaultSeconds = 60;
const longestSeconds = 3600;

/** What is wrong with a connection's `timeoutSeconds`: `undefined` for more than 0 and at most an hour. None would mean for ever. */
export function timeoutProblem(seconds: number): string | undefined {
  if (seconds > 0 && seconds <= longestSeconds) return undefined;
  return `a number of seconds above 0 and up to ${longestSeconds} is needed, but it is ${seconds}`;
}

/**
 * How long a connection's peer may be silent, in whole milliseconds.
 * @param timeoutSeconds - the connection's; default 60.
 * @throws ERR_INPUT_INVALID (`registry.timeoutSeconds`), see {@link timeoutProblem}.
 */
export function silenceLimit(timeoutSeconds = defaultSeconds): number {
  const problem = timeoutProblem(timeoutSeconds);
  if (problem === undefined) return Math.ceil(timeoutSeconds * 1000);
  const path = "registry.timeoutSeconds";
  throw new ProviderError("ERR_INPUT_INVALID", `${path}: ${problem}.`, { path });
}
