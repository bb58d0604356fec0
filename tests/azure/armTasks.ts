import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uploadSource } from "./armSource";
import { contentOf, digestOf, type Manifest } from "./content";
import { buildImage } from "./dockerfile";
import type { StorageStandIn } from "./storage";
import { readTaskFile, type TaskStep } from "./taskFile";

/** What scheduleRun is asked for. */
export interface ScheduleRequest {
  readonly type?: string;
  readonly encodedTaskContent?: string;
  readonly sourceLocation?: string;
  readonly platform?: { readonly os?: string; readonly architecture?: string };
  readonly timeout?: number;
  readonly credentials?: { readonly sourceRegistry?: { readonly identity?: string } };
}

/** A run, as `runs/{id}` tells of it. */
export interface TaskRun {
  readonly id: string;
  readonly request: ScheduleRequest;
  status: "Queued" | "Running" | "Succeeded" | "Failed" | "Timeout";
  errorMessage?: string;
  readonly outputImages: { registry: string; repository: string; tag: string; digest: string }[];
  /** Ends when the run has. */
  readonly end: Promise<void>;
}

/** The registry that a run belongs to. */
export interface RunTarget {
  readonly loginServer: string;
  readonly url: string;
}

interface Agent {
  readonly folder: string;
  readonly target: RunTarget;
  readonly run: TaskRun;
  /** By name: what has been built. */
  readonly images: Map<string, Manifest>;
  say(line: string): void;
}

/** The path of a run's log in the storage. */
export const logPath = (id: string) => `/logs/${id}`;

/** Where the log of a run is. */
export function logUrlOf(storage: StorageStandIn, id: string): string {
  return storage.signedUrl(logPath(id));
}

/** Starts a run, which goes on by itself: it really builds and pushes. */
export function startRun(id: string, request: ScheduleRequest, target: RunTarget, storage: StorageStandIn): TaskRun {
  const outputImages: TaskRun["outputImages"] = [];
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const run: TaskRun = { id, request, status: "Queued", outputImages, end: begun.then(() => perform()) };
  const say = (line: string) => storage.append(logPath(id), `${line}\r\n`);

  async function perform(): Promise<void> {
    run.status = "Running";
    const folder = await mkdtemp(join(tmpdir(), "multiarch-agent-"));
    try {
      const context = await uploadSource(request.sourceLocation ?? "", folder, storage);
      const agent = { folder: context, target, run, images: new Map(), say };
      const task = Buffer.from(request.encodedTaskContent ?? "", "base64").toString("utf8");
      const steps = readTaskFile(task, { Registry: target.loginServer, ID: id });
      for (const step of steps) await performStep(agent, step);
      say(`Run ID: ${id} was successful after 1s`);
      run.status = "Succeeded";
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      say(reason);
      say(`Run ID: ${id} failed after 1s. Error: failed during run, err: exit status 1`);
      run.errorMessage = "failed during run, err: exit status 1";
      run.status = "Failed";
    } finally {
      storage.complete(logPath(id));
      await rm(folder, { recursive: true, force: true });
    }
  }

  begin();
  return run;
}

async function performStep(agent: Agent, { id, build, push = [], env }: TaskStep): Promise<void> {
  agent.say(`2026/11/25 22:00:00 Executing step ID: ${id}. Timeout(sec): 3600, Working directory: '', Network: ''`);
  if (build !== undefined) await performBuild(agent, build, env);
  for (const name of push) await performPush(agent, name);
}

/** Without `--platform` the agent builds for its own, which is linux/amd64. */
async function performBuild(agent: Agent, words: readonly string[], env: readonly string[]): Promise<void> {
  if (!env.includes("DOCKER_BUILDKIT=1")) agent.say("DEPRECATED: The legacy builder is deprecated");
  const option = (...names: readonly string[]) => words[words.findIndex((word) => names.includes(word)) + 1];
  const has = (name: string) => words.includes(name);
  const buildArgs = words.flatMap((word, index) => {
    const [name = "", ...value] = (words[index + 1] ?? "").split("=");
    return word === "--build-arg" ? [[name, value.join("=")]] : [];
  });
  const build = {
    folder: join(agent.folder, words.at(-1) ?? "."),
    dockerfile: (has("-f") ? option("-f") : undefined) ?? "Dockerfile",
    platform: (has("--platform") ? option("--platform") : undefined) ?? "linux/amd64",
    buildArgs: Object.fromEntries(buildArgs),
  };
  const name = option("-t", "--tag") ?? "";
  const { repository } = split(agent.target, name);
  const image = await buildImage(build, contentOf(agent.target.url, repository), (line) => agent.say(line));
  agent.images.set(name, image);
  agent.say(`Successfully tagged ${name}`);
}

async function performPush({ images, target, run, say }: Agent, name: string): Promise<void> {
  say(`2026/11/25 22:00:01 Pushing image: ${name}, attempt 1`);
  const image = images.get(name);
  if (image === undefined) throw new Error(`An image does not exist locally with the tag: ${name}`);
  const { repository, tag } = split(target, name);
  await contentOf(target.url, repository).putManifest(tag, image);
  run.outputImages.push({ registry: target.loginServer, repository, tag, digest: digestOf(image.bytes) });
  say(`2026/11/25 22:00:02 Successfully pushed image: ${name}`);
}

function split({ loginServer }: RunTarget, name: string): { readonly repository: string; readonly tag: string } {
  if (!name.startsWith(`${loginServer}/`)) throw new Error(`denied: ${name} is not in ${loginServer}`);
  const [, repository = "", tag = ""] = /^(.+):([^:/]+)$/.exec(name.slice(loginServer.length + 1)) ?? [];
  return { repository, tag };
}
