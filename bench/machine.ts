import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";

/** What the figures were measured on, in one sentence. */
export function describeMachine(): string {
  const { length: cores, 0: first } = cpus();
  const gibibytes = Math.round(totalmem() / 1024 ** 3);
  return (
    `${cores} cores (${first?.model.trim() ?? "unknown"}), ${gibibytes} GiB of memory, Node.js ${process.version}, ` +
    `${version("go", "version")} for the peers, over loopback, ${new Date().toISOString().slice(0, 10)}.`
  );
}

function version(command: string, argument: string): string {
  const [, number = "of an unknown version"] =
    /\bgo(\d[\d.]*)/.exec(execFileSync(command, [argument], { encoding: "utf8" })) ?? [];
  return `Go ${number}`;
}
