import type {
  AttestationInformation,
  ImageInformation,
  ImageParts,
  PlatformInformation,
} from "../functions/imageInformation";
import type { Descriptor } from "../oci/descriptor";
import { formatSize } from "../oci/formatSize";
import { printableLine } from "./printable";

/**
 * What `multiarch inspect` prints for people. Digests stand on lines of their own, so that a line is wider than 80 columns only
 * where a single name or value is; nothing in it is obeyed by a terminal.
 */
export function formatImage(information: ImageInformation): string {
  const { config, layers = [], platforms, attestations, others, annotations } = information;
  const sections = [
    formatSummary(information),
    section("Platforms", config ? [] : formatPlatforms(platforms)),
    section("Config", config ? formatBlobs([config]) : []),
    section("Layers", formatBlobs(layers)),
    section("Other manifests", formatBlobs(others)),
    section("Attestations", formatAttestations(attestations)),
    section("Annotations", formatPairs(annotations)),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map(joinLines)
    .join("\n");
}

function formatSummary({ reference, descriptor, platforms, problem, ...parts }: ImageInformation): readonly string[] {
  const summary: Record<string, string> = {
    Reference: reference,
    Digest: descriptor.digest,
    "Media type": descriptor.mediaType,
    Size: formatSize(descriptor.size),
  };
  if (!parts.config) return formatPairs(summary);
  const platform = Object.keys(platforms).join() || (problem ?? "none in its config");
  return formatPairs({ ...summary, Platform: platform, Content: formatParts(parts) });
}

function formatPlatforms(platforms: Readonly<Record<string, PlatformInformation>>): readonly string[] {
  const entries = Object.entries(platforms);
  const headings = formatColumns(entries.map(([name, parts]) => [name, formatParts(parts)]));
  return entries.flatMap(([, { digest }], index) => [headings[index] ?? "", `  ${printableLine(digest)}`]);
}

function formatParts({ size, layers, problem }: Partial<ImageParts> & { readonly problem?: string }): string {
  if (problem !== undefined) return problem;
  if (size === undefined || layers === undefined) return "not in the repository";
  return `${formatSize(size)} in ${layers.length} ${layers.length === 1 ? "layer" : "layers"}`;
}

function formatBlobs(descriptors: readonly Descriptor[]): readonly string[] {
  const headings = formatColumns(descriptors.map(({ size, mediaType }) => [formatSize(size), mediaType]));
  return descriptors.flatMap(({ digest }, index) => [headings[index] ?? "", `  ${printableLine(digest)}`]);
}

/** One line an image, with its attestations' digests shortened as tools for people do. */
function formatAttestations(attestations: readonly AttestationInformation[]): readonly string[] {
  const digestsByImage = new Map<string, readonly string[]>();
  for (const { platform, subject, digest } of attestations) {
    const image = platform ?? (subject === undefined ? "an unnamed image" : shortened(subject));
    digestsByImage.set(image, [...(digestsByImage.get(image) ?? []), shortened(digest)]);
  }
  return formatColumns([...digestsByImage].map(([image, digests]) => [image, digests.join(", ")]));
}

function shortened(digest: string): string {
  const [algorithm = "", encoded = ""] = digest.split(":");
  return `${algorithm}:${encoded.slice(0, 12)}…`;
}

function formatPairs(pairs: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(pairs).map(([key, value]) => printableLine(`${key}: ${value}`));
}

function formatColumns(rows: readonly (readonly [heading: string, value: string])[]): readonly string[] {
  const printed = rows.map(([heading, value]) => [printableLine(heading), printableLine(value)] as const);
  const width = printed.reduce((widest, [heading]) => Math.max(widest, heading.length), 0);
  return printed.map(([heading, value]) => `${heading.padEnd(width)}  ${value}`);
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

function joinLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
