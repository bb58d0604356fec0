import { messageOf } from "../protocol";
import { properties } from "../random";
import { rows } from "../rows/all";
import { runRow } from "../rows/row";

// One mutant, in a process whose provider has it: prints what catches it.

const batch = 50;

async function main(limit: number, seed: number): Promise<string | undefined> {
  for (const row of rows) if (await isRed(row)) return `history ${row.name}`;
  for (let done = 0, turn = 0; done < limit; turn++) {
    for (const [title, find] of Object.entries(properties)) {
      const options = { runs: batch, seed: seed + turn, steps: 8, about: "", kinds: 1, isFirstEnough: true };
      const [found] = await find(options);
      done += batch;
      if (found !== undefined) return `random: ${title}, within ${done} histories of seed ${seed}: ${lastOf(found)}`;
    }
  }
  return undefined;
}

async function isRed(row: Parameters<typeof runRow>[0]): Promise<boolean> {
  return runRow(row).then(
    ({ violations }) => violations.length > 0,
    () => true,
  );
}

function lastOf(text: string): string {
  return (
    text
      .split("\n")
      .find((line) => line.includes("✗"))
      ?.trim() ?? text
  );
}

main(Number(process.argv[2]), Number(process.argv[3])).then(
  (caught) => console.log(caught ?? ""),
  (error: unknown) => console.log(`error: ${messageOf(error)}`),
);
