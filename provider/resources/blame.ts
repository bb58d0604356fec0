import type { AnyProviderError, ErrorCode } from "../errors";
import { isProviderError, ProviderError } from "../errors";
import { memberPath } from "./inputs";

/** Which member of a connection is to blame for an error of the registry's side. */
const blamedMembers: Partial<Record<ErrorCode, string>> = {
  ERR_AUTH: "credentials",
  ERR_TLS: "caCertificate",
  ERR_TRANSPORT: "address",
  ERR_TIMEOUT: "address",
  ERR_ADDRESS_REFUSED: "address",
  ERR_REGISTRY: "",
};

/**
 * Looks at a registry for an input, and leads the message of what goes wrong there with that input's path.
 * @param path - of the connection (`registry`), or of the input whose own text names the registry (`images[1]`).
 * @param isConnection - whether `path` is a connection's, of which a member can be blamed.
 * @throws what `work` throws, with the same code and details.
 */
export async function blaming<T>(path: string, isConnection: boolean, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isProviderError(error)) throw error;
    const member = blamedMembers[error.code];
    if (member === undefined) throw error;
    throw ledBy(isConnection && member !== "" ? memberPath(path, member) : path, error);
  }
}

function ledBy(path: string, error: AnyProviderError): Error {
  const { code, message, details } = error;
  return path === "" ? error : new ProviderError<ErrorCode>(code, `${path}: ${message}`, details, { cause: error });
}
