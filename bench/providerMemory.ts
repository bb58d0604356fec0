import { readdirSync, readFileSync } from "node:fs";

/** Keeps account of the memory of provider processes. */
export interface ProviderMemory {
  /** @returns the most that one of them held, in bytes. */
  stop(): number;
}

const intervalMs = 100;

/** Watches the provider processes that this process's descendants start from now on. */
export function watchProviderMemory(): ProviderMemory {
  let peakBytes = 0;
  const look = () => {
    for (const id of descendants(process.pid)) peakBytes = Math.max(peakBytes, providerPeak(id));
  };
  const timer = setInterval(look, intervalMs);
  return {
    stop() {
      clearInterval(timer);
      return peakBytes;
    },
  };
}

function descendants(of: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    // The command's name, in parentheses, may hold anything; the parent is the second field after it.
    const parent = Number(read(`/proc/${entry}/stat`).split(") ").at(-1)?.split(" ")[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const found: number[] = [];
  const visit = (id: number) => {
    for (const child of children.get(id) ?? []) {
      found.push(child);
      visit(child);
    }
  };
  visit(of);
  return found;
}

/** @returns 0 for any other process. */
function providerPeak(id: number): number {
  if (!read(`/proc/${id}/cmdline`).includes("dynamic-provider")) return 0;
  const [, kibibytes = "0"] = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${id}/status`)) ?? [];
  return Number(kibibytes) * 1024;
}

/** A process may end at any time: then there is nothing to read. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
