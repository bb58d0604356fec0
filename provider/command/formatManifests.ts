import type { ManifestListing } from "../functions/manifestListing";
import { formatSize } from "../oci/formatSize";
import { printableLine } from "./printable";

/** What `multiarch list` prints for people: a block for each manifest, its digest on a line of its own. */
export function formatManifests(listings: readonly ManifestListing[]): string {
  return listings.map(formatListing).join("\n");
}

function formatListing({
  digest,
  mediaType,
  tags,
  platforms,
  size,
  problem,
  createdTime,
  lastUpdateTime,
}: ManifestListing): string {
  const facts = {
    Tags: tags.join(", ") || "none",
    Platforms: platforms.join(", "),
    Size: formatSize(size),
    Unreadable: problem ?? "",
    Created: createdTime ?? "",
    Updated: lastUpdateTime ?? "",
    "Media type": mediaType,
  };
  const lines = Object.entries(facts).filter(([, value]) => value !== "");
  return [digest, ...lines.map(([name, value]) => `  ${name}: ${value}`)]
    .map((line) => `${line.startsWith("  ") ? "  " : ""}${printableLine(line).trim()}\n`)
    .join("");
}
