import { readdirSync, readFileSync } from "node:fs";

/** The processes that a process started, and those that they started, whose command line contains a text: their ids. */
export function descendants(pid: number, text: string): readonly number[] {
  const parents = new Map(runningProcesses().map((id) => [id, parentOf(id)]));
  const isDescendant = (id: number | undefined): boolean =>
    id !== undefined && (parents.get(id) === pid || isDescendant(parents.get(id)));
  return [...parents.keys()].filter((id) => isDescendant(id) && commandLine(id).includes(text));
}

function runningProcesses(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function parentOf(pid: number): number | undefined {
  const stat = fileOf(pid, "stat");
  const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return parent === undefined ? undefined : Number(parent);
}

function commandLine(pid: number): string {
  return fileOf(pid, "cmdline").replaceAll("\0", " ");
}

/** Empty when the process has ended meanwhile. */
function fileOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
