import { hasCode, messageOf, ProviderError } from "../errors";
import { readBody } from "../http/body";
import type { HttpResponse, Transport } from "../http/message";
import { createSocketTransport } from "../http/socketTransport";
import type { RequestWatch } from "../http/watchedTransport";
import { asObject, parseJson, stringField } from "../oci/json";
import { quote } from "../oci/quote";
import type { EngineSocket } from "./engineSocket";

/** A Docker or Podman engine, as far as it gives images away. */
export interface Engine {
  /** The id of what an image's name means now. @throws as {@link Engine.exportImage}. */
  imageId(name: string): Promise<string>;
  /**
   * The archive that `docker save` would write, streamed.
   * @param name - an image's name or id.
   * @throws ERR_SOURCE_UNAVAILABLE when the engine cannot be reached, or does not have the image; ERR_TIMEOUT; ERR_TRANSPORT
   * when the stream breaks; ERR_CONTENT_INVALID for an answer that cannot be understood.
   */
  exportImage(name: string): AsyncIterable<Uint8Array>;
  /** Ends the connections. */
  close(): Promise<void>;
}

// Docker writes the whole image into a temporary folder of its own before the first byte of its answer.
const timeoutMs = 10 * 60 * 1000;
const answerLimit = 4 * 1024 * 1024;

/**
 * An engine on a Unix domain socket. Nothing is connected before the first call.
 * @see https://docs.docker.com/reference/api/engine/version/v1.47/#tag/Image
 */
export function connectEngine(socket: EngineSocket, watch?: RequestWatch): Engine {
  const transport = createSocketTransport(socket.path, timeoutMs, watch);
  return {
    async imageId(image) {
      const response = await ask(transport, socket, image, "json");
      const what = `image ${quote(image)} of the engine at unix://${socket.path}`;
      const body = await readBody(response, answerLimit, what);
      return stringField(asObject(parseJson(body, what, answerLimit), `${what}:`), "Id");
    },
    async *exportImage(image) {
      const { body } = await ask(transport, socket, image, "get");
      try {
        yield* body;
      } catch (error) {
        throw failureOf(socket, error);
      }
    },
    close: () => transport.close(),
  };
}

async function ask(
  transport: Transport,
  socket: EngineSocket,
  image: string,
  what: "json" | "get",
): Promise<HttpResponse> {
  const url = new URL(`http://localhost/images/${image.split("/").map(encodeURIComponent).join("/")}/${what}`);
  const response = await transport
    .send({ method: "GET", url, redirects: "refuse", host: "named" })
    .catch((error: unknown) => {
      throw failureOf(socket, error);
    });
  if (response.status === 200) return response;
  const said = await messageIn(response);
  const advice =
    response.status === 404 ? "Build, load or pull it first, or correct source.daemon." : "Look at its log.";
  throw unavailable(socket, `has no image ${quote(image)} to give: it answered ${response.status}${said}. ${advice}`);
}

/** What the engine says of its refusal, with a colon before it; empty when it says nothing. */
async function messageIn(response: HttpResponse): Promise<string> {
  const bytes = await readBody(response, 64 * 1024, "answer");
  try {
    return `: ${stringField(asObject(parseJson(bytes, "answer", bytes.length), "answer:"), "message")}`;
  } catch {
    return "";
  }
}

/** What the transport says, told of the engine: of the host and the inputs that it speaks of, there are none here. */
function failureOf(socket: EngineSocket, error: unknown): unknown {
  const name = nameOf(socket);
  if (hasCode(error, "ERR_TIMEOUT")) {
    const message = `source.daemon: ${name} was silent for ${timeoutMs / 60_000} minutes. Look at its log.`;
    return new ProviderError("ERR_TIMEOUT", message, error.details, { cause: error });
  }
  if (!hasCode(error, "ERR_TRANSPORT")) return error;
  const { cause } = error;
  const reason = socketReasons[cause instanceof Error && "code" in cause ? String(cause.code) : ""];
  if (reason !== undefined) return unavailable(socket, `cannot be reached: ${reason}`, error);
  const message = `source.daemon: ${name} broke off its answer (${messageOf(cause)}). Look at its log, then try again.`;
  return new ProviderError("ERR_TRANSPORT", message, error.details, { cause: error });
}

const socketReasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such socket. Start the engine, or set DOCKER_HOST to its unix:// address.",
  ENOTDIR: "a part of the socket's path is a file. Set DOCKER_HOST to the engine's unix:// address.",
  EACCES: "this user may not use the socket. Add the user to the socket's group, or use source.archive.",
  ECONNREFUSED: "nothing listens on the socket. Start the engine.",
  ENOTSOCK: "it is no socket. Set DOCKER_HOST to the engine's unix:// address.",
};

function unavailable(socket: EngineSocket, problem: string, cause?: unknown): ProviderError<"ERR_SOURCE_UNAVAILABLE"> {
  const message = `source.daemon: ${nameOf(socket)} ${problem}`;
  return new ProviderError("ERR_SOURCE_UNAVAILABLE", message, { source: `unix://${socket.path}` }, { cause });
}

function nameOf({ path, origin }: EngineSocket): string {
  return `the engine at unix://${path} (${origin})`;
}
