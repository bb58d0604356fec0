import { arrayOf, asObject, type JsonObject, optionalField, optionalString, stringField } from "../oci/json";
import { type ArmClient, armUrl } from "./arm";

/** What ACR Tasks is asked to run. */
export interface RunRequest {
  /** The text of the task (`acr-task.yaml`). */
  readonly task: string;
  /** What {@link requestUpload} named, or the URL of a git repository or tarball. */
  readonly sourceLocation: string;
  /** The most that the whole run may take, in seconds. */
  readonly timeoutSeconds: number;
  /** CPUs of the agent. */
  readonly cpu?: number;
  /** The pool of agents that runs it. */
  readonly agentPool?: string;
  /** Who the run is to its own registry, where roles are assigned for repositories: `[caller]`, `[system]` or a client id. */
  readonly sourceRegistryIdentity?: string;
}

/** A run as Azure describes it. */
export interface Run {
  readonly runId: string;
  /** `Queued`, `Started`, `Running`; at its end `Succeeded`, `Failed`, `Canceled`, `Error` or `Timeout`. */
  readonly status: string;
  /** What Azure says of a failure, if anything. */
  readonly errorMessage?: string;
  /** The images that were pushed, as far as Azure tells. */
  readonly outputImages: readonly OutputImage[];
}

/** An image that a run pushed. */
export interface OutputImage {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** Where a source is uploaded to. */
export interface SourceUpload {
  /** Carries its own authorization. */
  readonly url: URL;
  /** What a run names it by. */
  readonly sourceLocation: string;
}

const apiVersion = "2019-06-01-preview";
// The first that knows who a run is to its own registry.
const identityApiVersion = "2025-03-01-preview";

/**
 * Asks for a place for a source archive.
 * @param registryId - the registry's resource id.
 * @throws as {@link ArmClient.send}; ERR_CONTENT_INVALID for an answer without one.
 * @see https://learn.microsoft.com/rest/api/container-registry-tasks/registries/get-build-source-upload-url
 */
export async function requestUpload(arm: ArmClient, registryId: string): Promise<SourceUpload> {
  const answer = await post(arm, `${registryId}/listBuildSourceUploadUrl`);
  return { url: new URL(stringField(answer, "uploadUrl")), sourceLocation: stringField(answer, "relativePath") };
}

/**
 * Schedules a run. It is not sent again when its answer was lost: two runs would push to the same tags.
 * @returns its id.
 * @throws as {@link requestUpload}.
 * @see https://learn.microsoft.com/rest/api/container-registry-tasks/registries/schedule-run
 */
export async function scheduleRun(arm: ArmClient, registryId: string, request: RunRequest): Promise<string> {
  const { sourceRegistryIdentity: identity, agentPool, cpu } = request;
  const body = {
    type: "EncodedTaskRunRequest",
    encodedTaskContent: Buffer.from(request.task).toString("base64"),
    sourceLocation: request.sourceLocation,
    // Agents are of this platform alone; what is built is said in the task.
    platform: { os: "Linux", architecture: "amd64" },
    timeout: request.timeoutSeconds,
    ...(cpu !== undefined && { agentConfiguration: { cpu } }),
    ...(agentPool !== undefined && { agentPoolName: agentPool }),
    ...(identity !== undefined && { credentials: { sourceRegistry: { identity } } }),
  };
  const version = identity === undefined ? apiVersion : identityApiVersion;
  const answer = await post(arm, `${registryId}/scheduleRun`, body, version);
  return readRun(answer).runId;
}

/** Looks at a run. @throws as {@link requestUpload}. */
export async function getRun(arm: ArmClient, registryId: string, runId: string): Promise<Run> {
  const url = armUrl(arm, `${registryId}/runs/${encodeURIComponent(runId)}`, apiVersion);
  const { body } = await arm.send({ method: "GET", url, isRepeatable: true });
  return readRun(requireBody(body));
}

/** Where a run's log can be read; the URL carries its own authorization. @throws as {@link requestUpload}. */
export async function requestLogUrl(arm: ArmClient, registryId: string, runId: string): Promise<URL> {
  const answer = await post(arm, `${registryId}/runs/${encodeURIComponent(runId)}/listLogSasUrl`);
  return new URL(stringField(answer, "logLink"));
}

async function post(arm: ArmClient, path: string, body?: object, version = apiVersion): Promise<JsonObject> {
  // Those without a body only ask for something.
  const isRepeatable = body === undefined;
  const answer = await arm.send({
    method: "POST",
    url: armUrl(arm, path, version),
    isRepeatable,
    ...(body && { body }),
  });
  return requireBody(answer.body);
}

function requireBody(body: JsonObject | undefined): JsonObject {
  return asObject(body?.fields, "Azure's answer:");
}

function readRun(answer: JsonObject): Run {
  const properties = optionalField(answer, "properties", asObject) ?? answer;
  const errorMessage = optionalString(properties, "runErrorMessage");
  return {
    runId: stringField(properties, "runId"),
    status: stringField(properties, "status"),
    outputImages: (optionalField(properties, "outputImages", arrayOf(readImage)) ?? []).flat(),
    ...(errorMessage !== undefined && { errorMessage }),
  };
}

function readImage(value: unknown, path: string): readonly OutputImage[] {
  const image = asObject(value, path);
  const [repository, tag, digest] = ["repository", "tag", "digest"].map((name) => optionalString(image, name));
  return repository && tag && digest ? [{ repository, tag, digest }] : [];
}
