import { messageOf, ProviderError, redact } from "../errors";
import type { ResourceManager } from "./resourceManager";
import { getRun, type Run, requestLogUrl } from "./runs";

/** How a run ended. */
export interface RunEnd {
  readonly run: Run;
  /** The end of its log, at most 20 lines. */
  readonly lastLines: readonly string[];
}

const lastLineCount = 20;
const lineLimit = 500;
const shortestPauseMs = 1000;
const longestPauseMs = 10_000;
// Agents may be busy with others: the run's own time counts from its start.
const queueLimitMs = 30 * 60_000;
const endings: readonly string[] = ["Succeeded", "Failed", "Canceled", "Error", "Timeout"];

/**
 * Waits until a run of ACR Tasks has ended, and passes on its log as it grows.
 * @param options - `timeoutSeconds`: the run's own. `onLines`: is given the lines of the log as they come.
 * @throws ERR_TIMEOUT half an hour after the run should have ended; what asking for the run throws. A log that cannot be read
 * stops nothing: `lastLines` tells why.
 */
export async function followRun(
  { arm, storage }: ResourceManager,
  registryId: string,
  runId: string,
  options: { readonly timeoutSeconds: number; onLines(lines: readonly string[]): void },
): Promise<RunEnd> {
  const limitMs = options.timeoutSeconds * 1000 + queueLimitMs;
  const deadline = arm.clock.now() + limitMs;
  const log = createLog(
    () => requestLogUrl(arm, registryId, runId),
    (url, offset) => storage.readFrom(url, offset),
    options.onLines,
  );
  for (let pauseMs = shortestPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 1.5)) {
    const run = await getRun(arm, registryId, runId);
    await log.readMore();
    if (endings.includes(run.status)) return { run, lastLines: log.end() };
    if (arm.clock.now() + pauseMs > deadline) throw tooSlow(runId, limitMs);
    await arm.clock.sleep(pauseMs);
  }
}

interface Log {
  /** Passes on the whole lines that have come since. */
  readMore(): Promise<void>;
  /** Passes on what is left, and gives the last lines. */
  end(): readonly string[];
}

function createLog(
  locate: () => Promise<URL>,
  readFrom: (url: URL, offset: number) => Promise<Uint8Array>,
  onLines: (lines: readonly string[]) => void,
): Log {
  const decoder = new TextDecoder();
  let lastLines: readonly string[] = [];
  let problem: string | undefined;
  let url: URL | undefined;
  let offset = 0;
  let unended = "";

  function take(lines: readonly string[]): void {
    const texts = lines.map((line) => redact(line.trimEnd()).slice(0, lineLimit)).filter((text) => text !== "");
    if (texts.length === 0) return;
    lastLines = [...lastLines, ...texts].slice(-lastLineCount);
    onLines(texts);
  }

  async function readOn(from: URL): Promise<void> {
    for (let chunk = await readFrom(from, offset); chunk.length > 0; chunk = await readFrom(from, offset)) {
      offset += chunk.length;
      const lines = `${unended}${decoder.decode(chunk, { stream: true })}`.split(/\r?\n/);
      unended = lines.pop() ?? "";
      take(lines);
    }
  }

  /** The authorization that the URL carries ends after a while: then the log is asked for anew. */
  async function locateAndRead(): Promise<void> {
    const isRead = url !== undefined && (await succeeds(readOn(url)));
    if (isRead) return;
    url = await locate();
    await readOn(url);
  }

  return {
    async readMore() {
      problem = await locateAndRead().then(() => undefined, messageOf);
    },
    end() {
      take([unended]);
      const notes = problem === undefined ? [] : [`(the log could not be read: ${problem})`];
      return [...lastLines, ...notes].slice(-lastLineCount);
    },
  };
}

function succeeds(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

function tooSlow(runId: string, limitMs: number): ProviderError<"ERR_TIMEOUT"> {
  const message = `The run ${runId} of ACR Tasks had not ended after ${Math.round(limitMs / 60_000)} minutes. Look at it with "az acr task list-runs", then run again.`;
  return new ProviderError("ERR_TIMEOUT", message, { timeoutMs: limitMs });
}
