import type { Member, Model } from "./model";
import type { Shape } from "./shape";

/** Makes the reference of all resources, with their inputs and outputs and the objects in them, as Markdown. */
export function referenceDocument({ resources, objects }: Model): string {
  const described = [...objects.values()].filter(({ isInternal }) => !isInternal);
  return [
    "# Reference",
    "",
    "Written by `npm run schema` from the SDK's doc comments. A type in *italics* is an object further below. An input with \\* is",
    "required, an output with \\* always there. An input takes outputs, too, and a resource where it takes a reference.",
    ...resources.flatMap(({ name, description, inputs, outputs }) => [
      "",
      `## ${name}`,
      "",
      description,
      "",
      ...table("Input", inputs),
      "",
      ...table("Output", outputs),
    ]),
    "",
    "## Objects",
    ...described.flatMap(({ name, description, members }) => [
      "",
      `### ${name}`,
      "",
      description,
      "",
      ...table("Member", members),
    ]),
    "",
  ].join("\n");
}

function table(title: string, members: readonly Member[]): readonly string[] {
  const rows = members
    .filter(({ isInternal }) => !isInternal)
    .map(({ name, shape, isOptional, description }) =>
      [`\`${name}\`${isOptional ? "" : " \\*"}`, wordsOf(shape), description]
        .map((cell, column) => (column === 1 ? cell : cell.replaceAll("|", "\\|")))
        .join(" | "),
    );
  return [`| ${title} | Type | |`, "|---|---|---|", ...rows.map((row) => `| ${row} |`)];
}

/** How the reference names a type, in a cell of a table. */
function wordsOf(shape: Shape): string {
  switch (shape.kind) {
    case "values":
      return shape.values.map((value) => `\`${value}\``).join(", ");
    case "list":
      return `list of ${wordsOf(shape.of[0])}`;
    case "map":
      return `by name: ${wordsOf(shape.of[0])}`;
    case "object":
      return shape.name.startsWith("Flat") ? `\`${shape.name.slice("Flat".length)}\`` : `*${shape.name}*`;
    case "union":
      return shape.of.map(wordsOf).join(", ");
    case "boolean":
      return "true or false";
    case "true":
      return "`true`";
    default:
      return shape.kind;
  }
}
