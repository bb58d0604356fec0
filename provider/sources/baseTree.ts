import { ProviderError } from "../errors";
import type { TarHeader } from "./tarHeaders";

/** The files of a base image, as all its layers together leave them; headers only. */
export interface BaseTree {
  /** What stands at a name, links not followed; `undefined` for nothing and for folders that no layer has a header of. */
  entryAt(name: string): TarHeader | undefined;
  /**
   * Where a folder's name leads when every link on the way is followed, the last one too.
   * @param name - relative to the root, without `.` and `..` segments.
   * @returns a name without links in it; what of it is not there yet comes as it was given.
   * @throws ERR_CONTENT_INVALID when a file is in the way, when the links lead in a circle, and for any link on Windows, where
   * links are not texts.
   */
  folderAt(name: string): string;
}

interface Node {
  /** As the base spells it. */
  readonly segment: string;
  readonly header: TarHeader | undefined;
  readonly children: Map<string, Node>;
}

const whiteout = ".wh.";
const opaqueWhiteout = ".wh..wh..opq";
const linkLimit = 40;

/**
 * Lays the layers of an image upon each other, deletions included.
 * @param layers - the headers of each layer, base first.
 * @param isWindows - names that differ in case alone are one.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#applying-changesets
 */
export function mergeLayers(layers: Iterable<readonly TarHeader[]>, isWindows: boolean): BaseTree {
  const root = nodeOf("", undefined);
  const keyOf = (segment: string) => (isWindows ? segment.toLowerCase() : segment);
  const childOf = (node: Node, segment: string) => node.children.get(keyOf(segment));
  const nodeAt = (name: string) =>
    segmentsOf(name).reduce<Node | undefined>((node, segment) => node && childOf(node, segment), root);

  function folderAt(name: string): string {
    let pending = segmentsOf(name);
    const path = [root];
    for (let links = 0; ; ) {
      const segment = pending.shift();
      if (segment === undefined)
        return path
          .slice(1)
          .map((node) => node.segment)
          .join("/");
      if (segment === "..") {
        if (path.length > 1) path.pop();
        continue;
      }
      const parent = path.at(-1) ?? root;
      const node = childOf(parent, segment) ?? nodeOf(segment, undefined);
      if (node.header?.type === "file") throw inTheWay(name, node.header);
      if (node.header?.linkpath === undefined) {
        path.push(node);
        continue;
      }
      if (isWindows) throw throughLink(name, node.header);
      if (++links > linkLimit) throw circle(name);
      if (node.header.linkpath.startsWith("/")) path.length = 1;
      pending = [...segmentsOf(node.header.linkpath), ...pending];
    }
  }

  function folderNode(name: string): Node {
    return segmentsOf(name).reduce((node, segment) => {
      const child = childOf(node, segment) ?? nodeOf(segment, undefined);
      node.children.set(keyOf(segment), child);
      return child;
    }, root);
  }

  function add(header: TarHeader): void {
    const [parentName, segment] = splitName(header.name);
    const parent = folderNode(folderAt(parentName));
    const before = childOf(parent, segment);
    const children = header.type === "folder" && isFolder(before) ? before?.children : undefined;
    parent.children.set(keyOf(segment), { ...nodeOf(segment, header), ...(children && { children }) });
  }

  function remove({ name }: TarHeader): void {
    const [parentName, segment] = splitName(name);
    const parent = nodeAt(folderAt(parentName));
    if (segment === opaqueWhiteout) parent?.children.clear();
    else parent?.children.delete(keyOf(segment.slice(whiteout.length)));
  }

  for (const headers of layers) {
    // Deletions are about the layers below, wherever in its layer they stand.
    for (const header of headers) if (isWhiteout(header)) remove(header);
    for (const header of headers) if (!isWhiteout(header) && header.name !== "") add(header);
  }
  return { entryAt: (name) => nodeAt(name)?.header, folderAt };
}

function nodeOf(segment: string, header: TarHeader | undefined): Node {
  return { segment, header, children: new Map() };
}

function isFolder(node: Node | undefined): boolean {
  return node?.header === undefined || node.header.type === "folder";
}

function isWhiteout({ name }: TarHeader): boolean {
  return splitName(name)[1].startsWith(whiteout);
}

function splitName(name: string): readonly [parent: string, segment: string] {
  const slash = name.lastIndexOf("/");
  return [name.slice(0, Math.max(slash, 0)), name.slice(slash + 1)];
}

function segmentsOf(name: string): string[] {
  return name.split("/").filter((segment) => segment !== "" && segment !== ".");
}

function inTheWay(name: string, { name: file }: TarHeader): ProviderError<"ERR_CONTENT_INVALID"> {
  return new ProviderError(
    "ERR_CONTENT_INVALID",
    `/${name} leads through /${file}, which is a file of the base image.`,
    {},
  );
}

function throughLink(name: string, { name: link }: TarHeader): ProviderError<"ERR_CONTENT_INVALID"> {
  const message = `/${name} leads through the link /${link} of the base image. Name the folder itself.`;
  return new ProviderError("ERR_CONTENT_INVALID", message, {});
}

function circle(name: string): ProviderError<"ERR_CONTENT_INVALID"> {
  return new ProviderError("ERR_CONTENT_INVALID", `The links of the base image at /${name} lead in a circle.`, {});
}
