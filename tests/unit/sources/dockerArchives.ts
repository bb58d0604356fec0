import { gzipSync } from "node:zlib";
import { digestOf } from "../../../provider/oci/digest";
import { type Member, tarOf } from "./tars";

/** An image of a docker archive. */
export interface ArchivedImage {
  /** Of the config, besides its layers. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly names?: readonly string[] | null;
  /** A text for each layer, which is a tar with one file that holds it. */
  readonly layers?: readonly string[];
  /** How the layers are stored: as they are (default), with gzip, or for all but the first of equal ones as a link to it. */
  readonly stored?: "plain" | "gzip" | "linked";
}

/** The members of an archive as `docker save` writes it before version 25. */
export function dockerMembers(...images: readonly ArchivedImage[]): readonly Member[] {
  const members = new Map<string, Member>();
  const add = (member: Member) => members.set(member.name, member);
  const entries = images.map(({ config, names = null, layers = ["content"], stored = "plain" }, image) => {
    const tars = layers.map((content) => tarOf({ name: "content.txt", content }));
    const diff_ids = tars.map((tar) => digestOf(tar));
    const platform = { architecture: "amd64", os: "linux" };
    const content = JSON.stringify({ ...platform, ...config, rootfs: { type: "layers", diff_ids } });
    const configName = `${digestOf(Buffer.from(content)).slice(7)}.json`;
    add({ name: configName, content });
    const layerNames = tars.map((tar, index) => {
      const name = `${image}-${index}/layer.tar`;
      const same = tars.findIndex((other) => other.equals(tar));
      if (stored === "linked" && same < index)
        add({ name, type: "SymbolicLink", target: `../${image}-${same}/layer.tar` });
      else add({ name, content: stored === "gzip" ? gzipSync(tar) : tar });
      return name;
    });
    return { Config: configName, RepoTags: names, Layers: layerNames };
  });
  add({ name: "manifest.json", content: JSON.stringify(entries) });
  return [...members.values()];
}

/** An archive as `docker save` writes it before version 25. */
export function dockerArchive(...images: readonly ArchivedImage[]): Buffer {
  return tarOf(...dockerMembers(...images));
}
