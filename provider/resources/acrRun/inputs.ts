import { hasHiddenParameters } from "../../http/url";
import { formatPlatform } from "../../oci/platform";
import { parseTag } from "../../oci/reference";
import type { PropertyBag } from "../properties/bag";
import { parsePlatformInput } from "../properties/platformInput";
import {
  at,
  inputError,
  memberPath,
  optionalNumber,
  optionalString,
  requiredBag,
  requiredString,
} from "../properties/readers";
import type { TagList } from "../properties/tagInputs";
import type { Target } from "../properties/target";
import { containsUnknown } from "../properties/unknown";

/** One image that a run builds and pushes. */
export interface BuiltImage {
  /** As the program writes it. */
  readonly platform: string;
  readonly tag: string;
  /** Its Dockerfile's path in the source; absent for a task that is not ours. */
  readonly dockerfile?: string;
}

/** Everything that decides what a run does. */
export interface RunInputs {
  /** The text of the task. */
  readonly task: string;
  readonly images: readonly BuiltImage[];
  /** A local folder, or a URL. */
  readonly source: string;
  readonly timeoutSeconds: number;
  readonly cpu?: number;
  readonly agentPool?: string;
  readonly sourceRegistryIdentity?: string;
}

const defaultTimeoutSeconds = 3600;
// The limit of ACR Tasks.
const longestTimeoutSeconds = 8 * 3600;

/** The inputs of a run, as far as they are known. */
export interface DeclaredRun {
  /** `undefined` while one of them is not known. */
  readonly run: RunInputs | undefined;
  /** Values whose change makes a new run. */
  readonly triggers: unknown;
}

const decidingNames = [
  "source",
  "task",
  "images",
  "triggers",
  "timeoutSeconds",
  "cpu",
  "agentPool",
  "sourceRegistryIdentity",
];

/** Reads the inputs that decide what a run does. @throws ERR_INPUT_INVALID. */
export function parseDeclaredRun(bag: PropertyBag): DeclaredRun {
  const isKnown = !containsUnknown(decidingNames.map((name) => bag[name]));
  return { run: isKnown ? parseRunInputs(bag) : undefined, triggers: bag["triggers"] };
}

/** Reads the tags of `images`. @throws ERR_INPUT_INVALID. */
export function parseRunTags(bag: PropertyBag): TagList {
  if (containsUnknown(bag["images"])) return { tags: [], areAllTagsKnown: false };
  return { tags: parseImages(bag).map(({ tag }) => tag), areAllTagsKnown: true };
}

function parseRunInputs(bag: PropertyBag): RunInputs {
  const timeoutSeconds = optionalNumber(bag, "timeoutSeconds") ?? defaultTimeoutSeconds;
  if (timeoutSeconds < 1 || timeoutSeconds > longestTimeoutSeconds)
    throw inputError("timeoutSeconds", `ACR Tasks takes 1 to ${longestTimeoutSeconds}, but it is ${timeoutSeconds}`);
  const cpu = optionalNumber(bag, "cpu");
  const agentPool = optionalString(bag, "agentPool");
  const sourceRegistryIdentity = optionalString(bag, "sourceRegistryIdentity");
  return {
    task: requiredString(bag, "task"),
    images: parseImages(bag),
    source: requiredString(bag, "source"),
    timeoutSeconds,
    ...(cpu !== undefined && { cpu }),
    ...(agentPool !== undefined && { agentPool }),
    ...(sourceRegistryIdentity !== undefined && { sourceRegistryIdentity }),
  };
}

function parseImages(bag: PropertyBag): readonly BuiltImage[] {
  const images = requiredBag(bag, "images");
  return Object.keys(images).map((platform) => {
    const path = memberPath("images", platform);
    formatPlatform(parsePlatformInput(platform, path));
    const image = requiredBag(images, platform, "images");
    const tag = requiredString(image, "tag", path);
    const dockerfile = optionalString(image, "dockerfile", path);
    return {
      platform,
      tag: at(memberPath(path, "tag"), () => parseTag(tag)),
      ...(dockerfile !== undefined && { dockerfile }),
    };
  });
}

/** Whether a source is a URL that ACR Tasks fetches by itself: of a git repository, a tarball or an OCI artifact. */
export function isRemote(source: string): boolean {
  return /^(https?|git|ssh|oci):\/\/|^git@/i.test(source);
}

/** Whether the URL of a source holds a password, a token in the place of a user, or a parameter that may be a secret. */
export function carriesSecret(source: string): boolean {
  if (!URL.canParse(source)) return false;
  const url = new URL(source);
  const { protocol, username, password } = url;
  // Over ssh a user is no secret: keys are.
  return password !== "" || (username !== "" && protocol !== "ssh:") || hasHiddenParameters(url);
}

/** The resource id of the registry that runs it. @throws ERR_INPUT_INVALID without one. */
export function registryIdOf({ connection }: Target): string {
  if (connection.resourceId !== undefined) return connection.resourceId;
  throw inputError(
    "registry.resourceId",
    "it is missing, and ACR Tasks runs in a registry of Azure: give an azure-native Registry, or {loginServer, id}",
  );
}

/** The Dockerfiles of a run that are known. */
export function dockerfilesOf({ images }: Pick<RunInputs, "images">): readonly string[] {
  return images.flatMap(({ dockerfile }) => (dockerfile === undefined ? [] : [dockerfile]));
}
