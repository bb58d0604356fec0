import { RunError } from "@pulumi/pulumi/errors";

/** How one platform's image is built, as `docker build` takes it. */
export interface PlatformBuild {
  /** The Dockerfile's path within the context. Default: `Dockerfile`. */
  readonly dockerfile?: string | undefined;
  /** Values of the Dockerfile's ARGs. Everyone who can pull the image can read them. */
  readonly buildArgs?: Readonly<Record<string, string>> | undefined;
  /** The stage of the Dockerfile to stop at. Default: the last one. */
  readonly target?: string | undefined;
}

/** The arguments of {@link acrTaskYaml}. */
export interface AcrTaskYamlArgs {
  /** The repository that the images are pushed to, in the registry that runs the task: `team/server`. */
  readonly repository: string;
  /** Template of each image's tag, with `{os}`, `{arch}` and `{variant}` of its platform. */
  readonly tag: string;
  /** By platform (`linux/arm64`, `linux/arm/v7`): how its image is built. A text is the Dockerfile's path. */
  readonly platforms: Readonly<Record<string, string | PlatformBuild>>;
  /** A folder within the source, or a git or tarball URL of its own. Default: `.`, the whole source. */
  readonly context?: string;
  /** How long one step may take, in seconds. Default: 3600; arm images are built under emulation. */
  readonly stepTimeoutSeconds?: number;
}

const defaultStepTimeoutSeconds = 3600;

/**
 * A multi-step task of ACR Tasks that builds one image for each platform and pushes them: each with its own Dockerfile and with
 * `--platform`, because without it the agent would build for its own platform whatever the Dockerfile's name says. It makes no
 * index: that is `MultiArchImage`'s, which checks what was built. Every value reaches `docker build` as it is given here,
 * whatever characters it has: nothing in it is taken for an alias, a template, YAML or the shell's.
 * @returns the text of an `acr-task.yaml`.
 * @throws when there is no platform, two would get the same tag, or a path or stage has white space, which ACR Tasks cuts at.
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-tasks-reference-yaml
 *
 * @example
 * ```ts
 * fs.writeFileSync("acr-task.yaml", acrTaskYaml({
 *   repository: "team/server", tag: "1.4.0-{os}-{arch}{variant}",
 *   platforms: { "linux/amd64": "dockerfile.amd64", "linux/arm64": "dockerfile.arm64" },
 * }));
 * ```
 */
export function acrTaskYaml(args: AcrTaskYamlArgs): string {
  const { repository, context = ".", stepTimeoutSeconds = defaultStepTimeoutSeconds } = args;
  const tags = platformTags(args.tag, Object.keys(args.platforms));
  const builds = Object.entries(args.platforms).map(([platform, build]) => {
    const settings = typeof build === "string" ? { dockerfile: build } : build;
    return {
      id: stepId(platform),
      image: `/${repository}:${tags[platform]}`,
      command: buildOptions(platform, settings),
    };
  });
  const steps = builds.flatMap(({ id, image, command }) => [
    `  - id: ${id}`,
    `    build: "-t $Registry${quoted(shellWord(image))} ${quoted(`${command} ${unbroken(context, "context")}`)}"`,
    // Without BuildKit the second platform would get the layers of the first, and a Dockerfile no TARGETARCH.
    '    env: ["DOCKER_BUILDKIT=1"]',
  ]);
  return [
    "version: v1.1.0",
    `stepTimeout: ${stepTimeoutSeconds}`,
    "steps:",
    ...steps,
    "  - id: push",
    "    push:",
    ...builds.map(({ image }) => `      - "$Registry${quoted(image)}"`),
    "",
  ].join("\n");
}

/**
 * The tag of each platform's image.
 * @param template - with `{os}`, `{arch}` and `{variant}`.
 * @throws when there is no platform, or two would get the same tag.
 */
export function platformTags(template: string, platforms: readonly string[]): Readonly<Record<string, string>> {
  if (platforms.length === 0)
    throw new RunError("platforms: at least one platform is needed, for example linux/amd64.");
  const tags = platforms.map((platform) => {
    const [os = "", arch = "", variant = ""] = platform.split("/");
    const values: Readonly<Record<string, string>> = { os, arch, variant };
    return template.replace(/\{(os|arch|variant)\}/g, (_, name: string) => values[name] ?? "");
  });
  const repeated = tags.find((tag, index) => tags.indexOf(tag) !== index);
  if (repeated === undefined)
    return Object.fromEntries(platforms.map((platform, index) => [platform, tags[index] ?? ""]));
  throw new RunError(
    `two platforms would get the tag ${repeated}: tell them apart with {os}, {arch} and {variant} in ${JSON.stringify(template)}.`,
  );
}

function stepId(platform: string): string {
  return `build-${platform.replace(/[^A-Za-z0-9]+/g, "-")}`;
}

function buildOptions(platform: string, { dockerfile = "Dockerfile", buildArgs = {}, target }: PlatformBuild): string {
  return [
    `--platform ${shellWord(platform)}`,
    `-f ${unbroken(dockerfile, `platforms["${platform}"].dockerfile`)}`,
    ...(target === undefined ? [] : [`--target ${unbroken(target, `platforms["${platform}"].target`)}`]),
    ...Object.entries(buildArgs).map(([name, value]) => `--build-arg ${shellWord(`${name}=${value}`)}`),
  ].join(" ");
}

/** A word of the command that ACR Tasks also reads by itself, by cutting the command at white space. */
function unbroken(value: string, path: string): string {
  if (value !== "" && !/\s/.test(value) && !value.startsWith("-")) return shellWord(value);
  throw new RunError(
    `${path}: ${JSON.stringify(value)} is empty, has white space or begins with "-"; ACR Tasks cannot take it.`,
  );
}

/** One word of a POSIX shell's command line: ACR Tasks hands the command to `/bin/sh -c`. */
function shellWord(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

/**
 * A text as it stands within a double-quoted scalar of YAML. Before that is read, ACR Tasks replaces its aliases (`$Registry`;
 * `$$` is a dollar), and what stands in double braces as a template of Go's.
 */
function quoted(value: string): string {
  const scalar = JSON.stringify(value)
    .slice(1, -1)
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return scalar.replaceAll("{{", '{{"{{"}}').replaceAll("$", "$$$$");
}
