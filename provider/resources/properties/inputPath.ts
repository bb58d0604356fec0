import type { AnyProviderError, ErrorCode } from "../../errors";
import { isProviderError, ProviderError } from "../../errors";
import { memberPath } from "./readers";

/** Which member of a connection is to blame for an error that names no input by itself. */
const blamedMembers: Partial<Record<ErrorCode, string>> = {
  ERR_AUTH: "credentials",
  ERR_TLS: "caCertificate",
  ERR_TRANSPORT: "address",
  ERR_TIMEOUT: "address",
  ERR_ADDRESS_REFUSED: "address",
  ERR_REGISTRY: "",
  ERR_NOT_FOUND: "",
  ERR_SOURCE_UNAVAILABLE: "",
  ERR_CONTENT_INVALID: "",
  ERR_CONTENT_TOO_LARGE: "",
  ERR_DIGEST_MISMATCH: "",
  ERR_MEDIA_TYPE_UNSUPPORTED: "",
  ERR_PLATFORM_MISSING: "",
};

/**
 * Does for an input what can fail on the way, and leads the message of what goes wrong with the path of the input to blame.
 * @param path - of the connection (`registry`), or of the input whose own text names the registry (`images[1]`).
 * @param isConnection - whether `path` is a connection's, of which a member can be blamed.
 * @throws what `work` throws, with the same code and details.
 */
export async function withInputPath<T>(path: string, isConnection: boolean, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isProviderError(error)) throw error;
    if (error.code === "ERR_INPUT_INVALID") throw ledByPath(error.details.path, error);
    const member = blamedMember(error);
    if (member === undefined) throw error;
    throw ledByPath(isConnection && member !== "" ? memberPath(path, member) : path, error);
  }
}

function blamedMember(error: AnyProviderError): string | undefined {
  if (error.code === "ERR_TLS") return error.details.decidedBy ?? blamedMembers.ERR_TLS;
  return error.code === "ERR_TRANSPORT" && error.details.isLocal ? "" : blamedMembers[error.code];
}

function ledByPath(path: string, error: AnyProviderError): Error {
  const { code, message, details } = error;
  return path === "" || message.startsWith(path)
    ? error
    : new ProviderError<ErrorCode>(code, `${path}: ${message}`, details, { cause: error });
}
