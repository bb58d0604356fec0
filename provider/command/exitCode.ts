import { hasStatus, isProviderError } from "../errors";

/** What the command ends with; stable, for scripts. */
export const exitCodes = {
  found: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  notAuthorised: 4,
  unreachable: 5,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The exit code that tells a script what kind of failure a thrown value is. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!isProviderError(error)) return exitCodes.failed;
  if (hasStatus(error, 401, 403)) return exitCodes.notAuthorised;
  switch (error.code) {
    case "ERR_INPUT_INVALID":
    case "ERR_REFERENCE_INVALID":
      return exitCodes.usage;
    case "ERR_NOT_FOUND":
      return exitCodes.notFound;
    case "ERR_AUTH":
      return exitCodes.notAuthorised;
    case "ERR_TRANSPORT":
    case "ERR_TLS":
    case "ERR_TIMEOUT":
      return exitCodes.unreachable;
    default:
      return exitCodes.failed;
  }
}
