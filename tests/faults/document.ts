import type { FaultGroup } from "./faultRow";
import { faultGroups, verdictOf } from "./faults";
import { operations } from "./operations";
import type { Verdict } from "./verdict";

/** Where the table stands in the documentation, from the project's root. */
export const documentPath = "docs/faults.md";

/** A verdict in words, for a test's title. */
export function textOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case "recovers":
      return `recovers in ${count(verdict.requests)}`;
    case "answers":
      return `answers "${verdict.answer}" after ${count(verdict.requests)}`;
    case "fails":
      return `fails with ${verdict.code} after ${count(verdict.requests)}`;
    case "impossible":
      return `impossible, because ${verdict.reason}`;
  }
}

function count(requests: number): string {
  return requests === 1 ? "1 request" : `${requests} requests`;
}

/** The table of verdicts as Markdown. */
export function faultsDocument(): string {
  return `${[introduction, ...faultGroups.map(section), reasons()].join("\n\n")}\n`;
}

const introduction = `# Faults

What becomes of an operation when one request of it meets one fault. The columns are what this client does with a registry, the rows
are what happens to the request that gives the column its name; the operation's other requests are answered as they should be.

| A cell | means |
|---|---|
| 3 | the operation succeeds, with 3 requests in all |
| absent 1 | it succeeds with this answer, after 1 request |
| REGISTRY | it fails with the error code \`ERR_REGISTRY\` |
| –ᵃ | the fault cannot happen to this request; the reason is at the end |

Every cell is a test: \`npm test -- tests/faults\`. The table is the tests' own, written here by
\`node -r ts-node/register/transpile-only tests/faults/writeDocument.ts\`. The rules behind it are in
[architecture.md](architecture.md#retries-and-limits).`;

function section({ title, rows }: FaultGroup): string {
  const head = ["", ...operations.map(({ name }) => name)];
  const lines = rows.map((row) => [row.name, ...operations.map((operation) => cell(verdictOf(row, operation)))]);
  const table = [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`);
  return `## ${title}\n\n${table.join("\n")}`;
}

function cell(verdict: Verdict): string {
  switch (verdict.kind) {
    case "recovers":
      return String(verdict.requests);
    case "answers":
      return `${verdict.answer} ${verdict.requests}`;
    case "fails":
      return verdict.code.replace("ERR_", "");
    case "impossible":
      return `–${marks[impossibilities().indexOf(verdict.reason)]}`;
  }
}

const marks = "ᵃᵇᶜᵈᵉᶠᵍʰ";

/** The reasons why cells cannot be, in the order of the table. */
function impossibilities(): readonly string[] {
  const verdicts = faultGroups
    .flatMap(({ rows }) => rows)
    .flatMap((row) => operations.map((operation) => verdictOf(row, operation)));
  return [...new Set(verdicts.flatMap((verdict) => (verdict.kind === "impossible" ? [verdict.reason] : [])))];
}

function reasons(): string {
  const lines = impossibilities().map((reason, index) => `- ${marks[index]} ${reason}`);
  return `## What cannot happen\n\n${lines.join("\n")}`;
}
