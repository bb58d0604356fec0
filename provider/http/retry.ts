import { hasCode, hasStatus, ProviderError } from "../errors";
import type { Clock } from "./clock";
import type { Gate } from "./gate";

/** How much one logical operation (a manifest's PUT, a blob's upload) may try, over all its requests. */
export interface RetryBudget {
  readonly attempts: number;
  /** From the first attempt's start to the last one's, in milliseconds. */
  readonly totalMs: number;
}

/** The budget of every operation. */
const retryBudget: RetryBudget = { attempts: 6, totalMs: 120_000 };

/** Where nothing listens, somebody waits in front of a mistyped address: a restart's moment is all the patience it gets. */
const refusedAttempts = 3;

const retryableStatuses = [408, 425, 429, 499, 500, 502, 503, 504, 520, 521, 522, 523, 524];
const shortestDelayMs = 250;
const longestDelayMs = 10_000;
const longestRetryAfterMs = 60_000;

/**
 * Whether the same operation may succeed when it is tried again: no usable response and the transport says so, a time-out, or
 * a status of 408 425 429 499 500 502 503 504 520–524.
 */
export function isRetryable(error: unknown): boolean {
  if (hasCode(error, "ERR_TRANSPORT")) return error.details.retryable;
  return hasCode(error, "ERR_TIMEOUT") || hasStatus(error, ...retryableStatuses);
}

/**
 * Runs an operation, again and again while it fails with a retryable error and {@link retryBudget} lasts; a refused
 * connection is tried three times.
 * Between attempts it waits as the registry's Retry-After says, else for a random 250 ms to 10 s that tends to grow
 * (decorrelated jitter). A Retry-After of a 429 or 503 closes the gate, for all operations that share it.
 * @param environment - `gate`: the registry's.
 * @param operation - one whole attempt; `attempt` counts from 1. It must be safe to run again after it failed.
 * @throws what the last attempt threw. A Retry-After of more than 60 s fails at once; the message tells the time.
 */
export async function retrying<T>(
  environment: { readonly clock: Clock; readonly gate: Gate },
  operation: (attempt: number) => Promise<T>,
): Promise<T> {
  const { clock, gate } = environment;
  const start = clock.now();
  let jitterMs = shortestDelayMs;
  for (let attempt = 1; ; attempt++) {
    await gate.pass();
    try {
      return await operation(attempt);
    } catch (error) {
      if (!isRetryable(error) || attempt === attemptsFor(error)) throw error;
      const retryAfterMs = retryAfterOf(error, clock);
      jitterMs = nextJitter(jitterMs, clock);
      const delayMs = retryAfterMs ?? jitterMs;
      if (clock.now() - start + delayMs > retryBudget.totalMs) throw error;
      if (retryAfterMs !== undefined && hasStatus(error, 429, 503)) gate.closeFor(retryAfterMs);
      else await clock.sleep(delayMs);
    }
  }
}

function attemptsFor(error: unknown): number {
  const cause = error instanceof Error ? error.cause : undefined;
  const isRefused = cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
  return isRefused ? refusedAttempts : retryBudget.attempts;
}

/** @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
function nextJitter(previousMs: number, clock: Clock): number {
  return Math.min(longestDelayMs, shortestDelayMs + clock.random() * (previousMs * 3 - shortestDelayMs));
}

function retryAfterOf(error: unknown, clock: Clock): number | undefined {
  if (!hasCode(error, "ERR_REGISTRY")) return undefined;
  const { retryAfterMs } = error.details;
  if (retryAfterMs === undefined || retryAfterMs <= longestRetryAfterMs) return retryAfterMs;
  const seconds = Math.ceil(retryAfterMs / 1000);
  const time = new Date(clock.date() + retryAfterMs).toISOString();
  throw new ProviderError(
    "ERR_REGISTRY",
    `${error.message} The registry asks to wait ${seconds} s, longer than this operation does: try again after ${time}.`,
    error.details,
    { cause: error },
  );
}
