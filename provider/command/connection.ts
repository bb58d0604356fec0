import { ProviderError } from "../errors";
import type { FunctionConnection } from "../functions/withRepository";
import type { ConnectionOptions } from "./commandLine";

/** What the connection's options need of the world. */
export interface ConnectionWorld {
  /** A file's text. */
  readFile(path: string): Promise<string>;
  /** All of standard input as text. */
  readInput(): Promise<string>;
}

/**
 * Reads what the connection's options name: the file of certificates, the password. One line break at the password's end is
 * not part of it. Who names certificates wants TLS, on a loopback host too.
 * @throws ERR_INPUT_INVALID when the file cannot be read, or there is no password.
 */
export async function readConnection(options: ConnectionOptions, world: ConnectionWorld): Promise<FunctionConnection> {
  const { plainHttp, caFile, username } = options;
  return {
    ...((plainHttp || caFile !== undefined) && { plainHttp }),
    ...(caFile !== undefined && { caCertificate: await readCertificates(caFile, world) }),
    ...(username !== undefined && { credentials: { username, password: await readPassword(world) } }),
  };
}

async function readCertificates(path: string, world: ConnectionWorld): Promise<string> {
  try {
    return await world.readFile(path);
  } catch (cause) {
    const message = `The file that --ca names cannot be read: ${path}. Give the path of a PEM file.`;
    throw new ProviderError("ERR_INPUT_INVALID", message, { path: "--ca" }, { cause });
  }
}

async function readPassword(world: ConnectionWorld): Promise<string> {
  const password = (await world.readInput()).replace(/\r?\n$/, "");
  if (password === "") {
    const message = "There is no password on standard input, where --password-stdin looks for it.";
    throw new ProviderError("ERR_INPUT_INVALID", message, { path: "--password-stdin" });
  }
  return password;
}
