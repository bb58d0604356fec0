import { execFileSync } from "node:child_process";
import { cpus, loadavg, totalmem } from "node:os";

/** What the figures were measured on, and how busy it was at the end, in one sentence. */
export function describeMachine(): string {
  const { length: cores, 0: first } = cpus();
  const gibibytes = Math.round(totalmem() / 1024 ** 3);
  const [load = 0] = loadavg();
  return (
    `${cores} cores (${first?.model.trim() ?? "unknown"}), ${gibibytes} GiB of memory, Node.js ${process.version}, ` +
    `${version("go", "version")}; load average ${load.toFixed(0)}; over loopback; ${new Date().toISOString().slice(0, 10)}.`
  );
}

function version(command: string, argument: string): string {
  const [, number = "of an unknown version"] =
    /\bgo(\d[\d.]*)/.exec(execFileSync(command, [argument], { encoding: "utf8" })) ?? [];
  return `Go ${number}`;
}
