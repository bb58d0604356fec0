import { digestOf } from "../../provider/oci/digest";
import type { ModelRegistry } from "./registry";
import { putBytes, putIndex, types } from "./strangerPush";
import { act } from "./strangers";
import { readManifest } from "./tree";

const repository = "src/app";

/** Pushes two attested images under `src/app:1` and `src/app:2`; to each and to its child refer a signature of cosign's and a listed referrer. */
export function pushSource(registry: ModelRegistry): void {
  for (const text of ["1", "2"]) {
    const tag = `${repository}:${text}`;
    act(registry, { does: "push", tag, text, attested: true });
    const digest = registry.storage.tags.get(tag) ?? "";
    const manifest = registry.storage.manifests.get(`${repository}@${digest}`);
    const [child] = manifest ? (readManifest(manifest).manifests ?? []) : [];
    for (const subject of [digest, child?.digest ?? ""]) refer(registry, subject);
  }
}

function refer(registry: ModelRegistry, subject: string): void {
  const tag = `${repository}:${subject.replace(":", "-")}`;
  putIndex(registry, `${tag}.sig`, { manifests: [], annotations: { signs: subject } });
  addToList(registry, tag, subject, "source");
}

/**
 * Puts a referrer by its digest and adds it to the list under a tag, as clients do where there is no referrers API.
 * @param by - tells this referrer of a subject from others. @returns the referrer's digest.
 */
export function addToList(registry: ModelRegistry, tag: string, subject: string, by: string): string {
  const [place = ""] = tag.split(":");
  const about = registry.storage.manifests.get(`${place}@${subject}`);
  const described = { mediaType: about?.mediaType ?? types.index, digest: subject, size: about?.bytes.length ?? 2 };
  const told = { mediaType: types.index, artifactType: "application/x", annotations: { by } };
  const fields = { schemaVersion: 2, ...told, manifests: [], subject: described };
  const bytes = Buffer.from(JSON.stringify(fields));
  const digest = digestOf(bytes);
  putBytes(registry, `${place}@${digest}`, bytes, types.index);
  const list = registry.storage.manifests.get(`${place}@${registry.storage.tags.get(tag)}`);
  const listed = list ? (readManifest(list).manifests ?? []) : [];
  putIndex(registry, tag, { manifests: [...listed, { ...told, digest, size: bytes.length }] });
  return digest;
}
