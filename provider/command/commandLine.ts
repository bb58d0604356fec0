import { type ParseArgsConfig, parseArgs } from "node:util";
import { messageOf, ProviderError } from "../errors";

/** How the command reaches the registry. */
export interface ConnectionOptions {
  readonly plainHttp: boolean;
  /** Path of a PEM file. */
  readonly caFile?: string;
  /** Given if and only if the password is to be read from standard input. */
  readonly username?: string;
}

/** What the user asked the command for. */
export type CommandLine =
  | { readonly command: "help" | "version" }
  | {
      readonly command: "inspect";
      readonly reference: string;
      readonly output: "text" | "json" | "raw";
      readonly connection: ConnectionOptions;
    }
  | (RepositoryLine & { readonly command: "tags" })
  | (RepositoryLine & { readonly command: "list" });

interface RepositoryLine {
  readonly repository: string;
  readonly output: "text" | "json";
  readonly connection: ConnectionOptions;
}

const options = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
  json: { type: "boolean" },
  raw: { type: "boolean" },
  "plain-http": { type: "boolean" },
  ca: { type: "string" },
  username: { type: "string" },
  "password-stdin": { type: "boolean" },
} as const satisfies ParseArgsConfig["options"];

type Options = ReturnType<typeof splitArguments>["values"];

/**
 * Reads the command's arguments.
 * @param words - the arguments, without the interpreter and the script.
 * @throws ERR_INPUT_INVALID, with the option or argument to blame as its `path`. Values of options are never quoted.
 */
export function parseCommandLine(words: readonly string[]): CommandLine {
  const { values, positionals } = splitArguments(words);
  if (values.help) return { command: "help" };
  if (values.version) return { command: "version" };

  const [command, target, surplus] = positionals;
  if (command !== "inspect" && command !== "tags" && command !== "list") {
    throw usage("COMMAND", command === undefined ? "There is no command." : `There is no command '${command}'.`);
  }
  const name = command === "inspect" ? "REFERENCE" : "REPOSITORY";
  if (target === undefined) throw usage(name, `multiarch ${command} needs a ${name}.`);
  if (surplus !== undefined) throw usage(name, `multiarch ${command} takes one ${name} only.`);

  const connection = connectionOptions(values);
  return command === "inspect"
    ? { command, reference: target, output: inspectOutput(values), connection }
    : { command, repository: target, output: listOutput(values), connection };
}

function splitArguments(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    // Node's advice after the first sentence is about positional arguments, which here cannot start with '-'.
    const [problem] = messageOf(error).split(/\.\s/);
    throw usage("OPTION", `${problem}.`);
  }
}

function inspectOutput({ json, raw }: Options): "text" | "json" | "raw" {
  if (json && raw) throw usage("--raw", "--json and --raw exclude each other.");
  if (raw) return "raw";
  return json ? "json" : "text";
}

function listOutput({ json, raw }: Options): "text" | "json" {
  if (raw) throw usage("--raw", "--raw is for multiarch inspect only.");
  return json ? "json" : "text";
}

function connectionOptions(values: Options): ConnectionOptions {
  const { ca, username } = values;
  if ((username !== undefined) !== (values["password-stdin"] ?? false)) {
    throw usage("--username", "--username and --password-stdin go together.");
  }
  return {
    plainHttp: values["plain-http"] ?? false,
    ...(ca !== undefined && { caFile: ca }),
    ...(username !== undefined && { username }),
  };
}

function usage(path: string, problem: string): ProviderError<"ERR_INPUT_INVALID"> {
  return new ProviderError("ERR_INPUT_INVALID", `${problem} See multiarch --help.`, { path });
}
