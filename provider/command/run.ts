import { messageOf } from "../errors";
import { readImage } from "../functions/readImage";
import { readManifest, targetOf } from "../functions/readManifest";
import { readManifests } from "../functions/readManifests";
import { parseRepositoryReference, readTags } from "../functions/readTags";
import { type Listener, withRepository } from "../functions/withRepository";
import { parseReference } from "../oci/reference";
import { type CommandLine, parseCommandLine } from "./commandLine";
import { type ConnectionWorld, readConnection } from "./connection";
import { type ExitCode, exitCodeOf, exitCodes } from "./exitCode";
import { formatImage } from "./formatImage";
import { formatManifests } from "./formatManifests";
import { helpText } from "./help";
import { printable, printableJson, printableLine } from "./printable";

/** What the command needs of the world. */
export interface CommandWorld extends ConnectionWorld {
  /** The package's version. */
  readonly version: string;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  /** Writes to standard output. */
  write(output: string | Uint8Array): Promise<void>;
  /** Writes a line to standard error. */
  report(line: string): void;
}

/**
 * Does what the arguments say. Standard output receives the result, all of it or nothing; standard error receives a line for each
 * note once the result is there, and one for a failure.
 * @param words - the arguments, without the interpreter and the script.
 * @returns the exit code; it never throws.
 */
export async function run(words: readonly string[], world: CommandWorld): Promise<ExitCode> {
  const notes: string[] = [];
  const listener: Listener = {
    notify: (note) => notes.push(note),
    log: (line) => report(line, world),
  };
  try {
    await world.write(await outputOf(parseCommandLine(words), world, listener));
    for (const note of notes) report(note, world);
    return exitCodes.found;
  } catch (error) {
    for (const text of [...notes, messageOf(error)]) report(text, world);
    return exitCodeOf(error);
  }
}

function outputOf(line: CommandLine, world: CommandWorld, listener: Listener): string | Promise<string | Uint8Array> {
  switch (line.command) {
    case "help":
      return helpText;
    case "version":
      return `${world.version}\n`;
    case "inspect":
      return inspect(line, world, listener);
    case "tags":
      return tags(line, world, listener);
    case "list":
      return list(line, world, listener);
  }
}

type Line<C extends CommandLine["command"]> = Extract<CommandLine, { readonly command: C }>;

async function inspect(line: Line<"inspect">, world: CommandWorld, listener: Listener): Promise<string | Uint8Array> {
  const reference = parseReference(line.reference);
  const target = targetOf(reference);
  const connection = await readConnection(line.connection, world);
  return withRepository(reference, connection, listener, async (repository) => {
    if (line.output === "raw") {
      const { bytes } = await readManifest(repository, target);
      return world.isTerminal ? printable(new TextDecoder().decode(bytes)) : bytes;
    }
    const information = await readImage(repository, target);
    return line.output === "json" ? `${printableJson(information)}\n` : formatImage(information);
  });
}

async function tags(line: Line<"tags">, world: CommandWorld, listener: Listener): Promise<string> {
  const reference = parseRepositoryReference(line.repository);
  const connection = await readConnection(line.connection, world);
  const found = await withRepository(reference, connection, listener, readTags);
  return line.output === "json" ? `${printableJson(found)}\n` : found.map((tag) => `${printableLine(tag)}\n`).join("");
}

async function list(line: Line<"list">, world: CommandWorld, listener: Listener): Promise<string> {
  const reference = parseRepositoryReference(line.repository);
  const connection = await readConnection(line.connection, world);
  const found = await withRepository(reference, connection, listener, readManifests);
  return line.output === "json" ? `${printableJson(found)}\n` : formatManifests(found);
}

function report(message: string, world: CommandWorld): void {
  world.report(`multiarch: ${printableLine(message)}`);
}
