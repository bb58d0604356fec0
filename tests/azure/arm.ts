import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { closeServer, portOf } from "../support/countingProxy";
import { ImportRefusal, type ImportRequest, runImport, validateImport } from "./armImport";
import { logUrlOf, type ScheduleRequest, startRun, type TaskRun } from "./armTasks";
import type { Entra } from "./entra";
import { type StorageStandIn, startStorage } from "./storage";

/** A container registry as Azure has it. */
export interface AzureRegistry {
  /** The name of the resource. */
  readonly name: string;
  /** The address that clients use: `host[:port]`. */
  readonly loginServer: string;
  /** Where its content is: a registry that asks for nothing. */
  readonly url: string;
  /** Told of each tag and digest that an import has written. */
  readonly imported?: (repository: string, tagOrDigest: string) => Promise<void>;
  /** What GET tells beside that, for example policies. */
  readonly properties?: object;
}

/** What {@link startArm} can be told. */
export interface ArmOptions {
  /** Issues the tokens that are accepted. */
  readonly entra: Entra;
  /** Registries that exist, or come to be when somebody creates them. */
  readonly registries: readonly AzureRegistry[];
  /** What a client must wait before it asks again, in seconds; 0 by default, 10 in Azure. */
  readonly retryAfterSeconds?: number;
  /** How often a client must ask before an operation has ended; once by default. */
  readonly polls?: number;
  /** How a failed import is told: by refusing the request (`refusal`), or by the operation. Both are assumed. */
  readonly failsBy?: "refusal" | "operation";
}

/** One request that was made. */
export interface ArmHttpRequest {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly apiVersion: string;
  readonly body: unknown;
  readonly status: number;
}

/** Azure Resource Manager. */
export interface Arm {
  /** `http://localhost:PORT`: ARM_RESOURCE_MANAGER_ENDPOINT, and the audience of its tokens. */
  readonly url: string;
  readonly subscriptionId: string;
  readonly storage: StorageStandIn;
  readonly requests: readonly ArmHttpRequest[];
  /** What importImage was asked for so far. */
  imports(): readonly ImportRequest[];
  readonly runs: ReadonlyMap<string, TaskRun>;
  /** The resource id of a registry, which is in the resource group `group`. */
  registryId(name: string): string;
  /** Answers the next request whose path ends so with this status and code, once. */
  refuseNext(pathEnd: string, status: number, code: string, headers?: OutgoingHttpHeaders): void;
  /** Breaks the connection of the next request whose path ends so, once, without an answer. */
  dropNext(pathEnd: string): void;
  /** Called before each import: somebody who does something to the target in the last moment. */
  beforeImport: (request: ImportRequest) => Promise<void>;
  /** Lets the next import leave out a manifest and succeed all the same, as azure-cli issue 29974 tells of. */
  loseNext(digest: string): void;
  stop(): Promise<void>;
}

interface ArmAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: OutgoingHttpHeaders;
}

interface Routed {
  readonly method: string;
  readonly url: URL;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Starts the stand-in on a free loopback port. Its shapes are those of Microsoft's specifications (Azure/azure-rest-api-specs,
 * Microsoft.ContainerRegistry 2025-11-01 and, for tasks, 2019-06-01-preview, with their examples) and of the recordings in
 * Azure/azure-cli (test_acr_image_import, test_acr_taskrun).
 */
export async function startArm(options: ArmOptions): Promise<Arm> {
  const { entra, registries, retryAfterSeconds = 0, polls = 1, failsBy = "refusal" } = options;
  const subscriptionId = "11111111-2222-3333-4444-555555555555";
  const storage = await startStorage();
  const requests: ArmHttpRequest[] = [];
  const runs = new Map<string, TaskRun>();
  const taskRuns = new Map<string, { readonly body: Routed["body"]; readonly run: TaskRun }>();
  const groups = new Map<string, Routed["body"]>();
  const operations = new Map<string, { polled: number; readonly work: Promise<ArmAnswer> }>();
  const drops: string[] = [];
  const losses: string[] = [];
  const refusals: { readonly pathEnd: string; readonly answer: ArmAnswer }[] = [];
  const registryId = (name: string) =>
    `/subscriptions/${subscriptionId}/resourceGroups/group/providers/Microsoft.ContainerRegistry/registries/${name}`;
  const known = (idOrAddress: string) =>
    registries.find((one) => one.loginServer === idOrAddress || sameId(registryId(one.name), idOrAddress));

  async function answer(request: Routed): Promise<ArmAnswer> {
    const { pathname } = request.url;
    const refusal = refusals.findIndex(({ pathEnd }) => pathname.endsWith(pathEnd));
    if (refusal >= 0) return refusals.splice(refusal, 1)[0]?.answer ?? failure(500, "InternalServerError", "");
    const operation = /\/operationResults\/([^/]+)$/.exec(pathname)?.[1];
    const isSigned = request.url.search.endsWith("&t=1&c=certificate&s=signature&h=hash");
    if (operation !== undefined)
      return isSigned ? poll(operation) : failure(403, "Forbidden", "The signature is missing.");
    const [, group] = /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)$/i.exec(pathname) ?? [];
    if (group !== undefined) return answerGroup(request, group);
    const [, name = "", action = ""] =
      /\/Microsoft\.ContainerRegistry\/registries\/([^/]+)\/?(.*)$/i.exec(pathname) ?? [];
    const registry = registries.find((one) => one.name.toLowerCase() === name.toLowerCase());
    return registry === undefined ? notFound(pathname) : answerRegistry(request, registry, action);
  }

  function answerGroup({ method, body }: Routed, name: string): ArmAnswer {
    const id = `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
    if (method === "PUT") groups.set(name, body);
    if (method === "DELETE") return { status: groups.delete(name) ? 200 : 204 };
    const group = groups.get(name);
    if (group === undefined) return notFound(id);
    return { status: 200, body: { id, name, ...group, properties: { provisioningState: "Succeeded" } } };
  }

  async function answerRegistry(request: Routed, registry: AzureRegistry, action: string): Promise<ArmAnswer> {
    const id = registryId(registry.name);
    switch (`${request.method} ${action.replace(/\/[^/]+/, "/…")}`) {
      case "PUT ":
      case "GET ":
        return { status: 200, body: registryBody(id, registry, request.body) };
      case "DELETE ":
        return { status: 200 };
      case "POST listCredentials": {
        const passwords = ["password", "password2"].map((name) => ({ name, value: `canary-of-${name}` }));
        return { status: 200, body: { username: registry.name, passwords } };
      }
      case "POST importImage":
        return startImport(request.body, registry);
      case "POST listBuildSourceUploadUrl": {
        const relativePath = `source/${randomUUID()}.tar.gz`;
        return { status: 200, body: { relativePath, uploadUrl: storage.signedUrl(`/${relativePath}`) } };
      }
      case "POST scheduleRun":
        return { status: 200, body: runBody(id, schedule(request.body, registry)) };
    }
    return answerRun(request, registry, action);
  }

  function answerRun({ method, body }: Routed, registry: AzureRegistry, action: string): ArmAnswer {
    const id = registryId(registry.name);
    const [, kind, name = "", rest] = /^(runs|taskRuns)\/([^/]+)(?:\/(.+))?$/.exec(action) ?? [];
    if (kind === "taskRuns") return answerTaskRun(method, registry, name, body);
    const run = runs.get(name);
    if (run === undefined) return notFound(`${id}/${action}`);
    if (method === "POST" && rest === "listLogSasUrl")
      return { status: 200, body: { logLink: logUrlOf(storage, run.id) } };
    return method === "GET" ? { status: 200, body: runBody(id, run) } : notFound(action);
  }

  /**
   * A resource that runs a task. The address in its Azure-AsyncOperation header has `operationStatuses/…` twice, and nothing is
   * there: pulumi-azure-native issue 1713, azure-rest-api-specs issue 19159.
   */
  function answerTaskRun(method: string, registry: AzureRegistry, name: string, body: Routed["body"]): ArmAnswer {
    const id = `${registryId(registry.name)}/taskRuns/${name}`;
    if (method === "DELETE") return { status: taskRuns.delete(name) ? 200 : 204 };
    if (method === "PUT") {
      const { runRequest } = Object(body["properties"]);
      const run = schedule(runRequest, registry);
      taskRuns.set(name, { body, run });
      const operation = `operationStatuses/registries-${randomUUID()}`;
      const asyncOperation = `${url()}/subscriptions/${subscriptionId}/providers/Microsoft.ContainerRegistry/locations/WESTUS2/${operation}/${operation}?api-version=2019-06-01-preview`;
      return { status: 201, headers: { "azure-asyncoperation": asyncOperation }, body: taskRunBody(id, name, run) };
    }
    const found = taskRuns.get(name);
    return found === undefined ? notFound(id) : { status: 200, body: taskRunBody(id, name, found.run) };
  }

  function schedule(request: ScheduleRequest, { loginServer, url }: AzureRegistry): TaskRun {
    const run = startRun(`ca${runs.size + 1}`, request, { loginServer, url }, storage);
    runs.set(run.id, run);
    return run;
  }

  function startImport(request: ImportRequest, registry: AzureRegistry): Promise<ArmAnswer> | ArmAnswer {
    const target = { ...registry, id: registryId(registry.name) };
    const work = (async (): Promise<ArmAnswer> => {
      validateImport(request);
      await arm.beforeImport(request);
      await runImport(request, target, known, losses.splice(0));
      return { status: 200, body: { status: "Succeeded" } };
    })().catch((error: unknown) => importFailure(error, failsBy));
    if (failsBy === "refusal") return work.then((done) => (done.status === 200 ? accept(work) : done));
    return accept(work);
  }

  function accept(work: Promise<ArmAnswer>): ArmAnswer {
    const id = `registries-${randomUUID()}`;
    operations.set(id, { polled: 0, work });
    return accepted(id);
  }

  function accepted(id: string): ArmAnswer {
    // The parameters at the end sign the address: whoever drops one is refused.
    const location = `${url()}/subscriptions/${subscriptionId}/providers/Microsoft.ContainerRegistry/locations/WESTUS2/operationResults/${id}?api-version=2025-11-01&t=1&c=certificate&s=signature&h=hash`;
    return { status: 202, body: null, headers: { location, "retry-after": String(retryAfterSeconds) } };
  }

  async function poll(id: string): Promise<ArmAnswer> {
    const operation = operations.get(id);
    if (operation === undefined) return notFound(id);
    operation.polled++;
    return operation.polled < polls ? accepted(id) : operation.work;
  }

  const url = () => `http://localhost:${portOf(server)}`;
  const server = createServer(async (incoming, outgoing) => {
    const request = await understand(incoming);
    const drop = drops.findIndex((pathEnd) => request.url.pathname.endsWith(pathEnd));
    if (drop >= 0) {
      drops.splice(drop, 1);
      incoming.socket.destroy();
      return;
    }
    const { status, body, headers } = isAuthorised(incoming, entra, url())
      ? await answer(request)
      : failure(401, "AuthenticationFailed", "Authentication failed. The token's audience or time is wrong.");
    requests.push({
      method: request.method,
      path: request.url.pathname,
      apiVersion: request.url.searchParams.get("api-version") ?? "",
      body: request.body,
      status,
    });
    const correlation = { "x-ms-correlation-request-id": randomUUID(), "content-type": "application/json" };
    outgoing.writeHead(status, { ...correlation, ...headers }).end(body === undefined ? "" : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const arm: Arm = {
    url: url(),
    subscriptionId,
    storage,
    requests,
    imports: () => requests.filter(({ path }) => path.endsWith("/importImage")).map(({ body }) => Object(body)),
    runs,
    registryId,
    refuseNext: (pathEnd, status, code, headers = {}) =>
      refusals.push({ pathEnd, answer: { ...failure(status, code, "said by the stand-in"), headers } }),
    beforeImport: async () => {},
    loseNext: (digest) => losses.push(digest),
    dropNext: (pathEnd) => drops.push(pathEnd),
    async stop() {
      await Promise.all([...runs.values()].map(({ end }) => end));
      await Promise.all([closeServer(server), storage.stop()]);
    },
  };
  return arm;
}

async function understand(incoming: IncomingMessage): Promise<Routed> {
  const body = await text(incoming);
  return {
    method: incoming.method ?? "",
    url: new URL(incoming.url ?? "/", "http://localhost"),
    body: body === "" ? {} : JSON.parse(body),
  };
}

function isAuthorised(incoming: IncomingMessage, entra: Entra, audience: string): boolean {
  const [, token = ""] = /^Bearer (.+)$/.exec(incoming.headers.authorization ?? "") ?? [];
  return entra.verify(token)?.["aud"] === audience;
}

function importFailure(error: unknown, failsBy: "refusal" | "operation"): ArmAnswer {
  if (!(error instanceof ImportRefusal)) return failure(500, "InternalServerError", String(error));
  const { code, message } = error;
  const statuses: Readonly<Record<string, number>> = { Conflict: 409, NotFound: 404, ResourceNotFound: 404 };
  if (failsBy === "refusal") return failure(statuses[code] ?? 400, code, message);
  return { status: 200, body: { status: "Failed", error: { code, message } } };
}

function failure(status: number, code: string, message: string): ArmAnswer {
  return { status, body: { error: { code, message } } };
}

function notFound(path: string): ArmAnswer {
  return failure(404, "ResourceNotFound", `The Resource '${path}' was not found.`);
}

function sameId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function registryBody(id: string, { name, loginServer, properties }: AzureRegistry, sent: Routed["body"]): object {
  const { location = "westus2", sku = { name: "Premium" } } = sent;
  const common = { id, name, type: "Microsoft.ContainerRegistry/registries", location, sku };
  return { ...common, properties: { loginServer, provisioningState: "Succeeded", ...properties } };
}

function runBody(registry: string, run: TaskRun): object {
  const { id, status, outputImages, errorMessage } = run;
  const state = status === "Queued" || status === "Running" ? "Running" : status;
  return {
    type: "Microsoft.ContainerRegistry/registries/runs",
    id: `${registry}/runs/${id}`,
    name: id,
    properties: {
      runId: id,
      status,
      provisioningState: state,
      runType: "QuickRun",
      ...(outputImages.length > 0 && { outputImages }),
      ...(errorMessage !== undefined && { runErrorMessage: errorMessage }),
    },
  };
}

function taskRunBody(id: string, name: string, run: TaskRun): object {
  const provisioningState = run.status === "Queued" || run.status === "Running" ? "Creating" : run.status;
  const registry = id.replace(/\/taskRuns\/.*$/, "");
  return {
    id,
    name,
    type: "Microsoft.ContainerRegistry/registries/taskRuns",
    properties: { provisioningState, runResult: runBody(registry, run) },
  };
}
