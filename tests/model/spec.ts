/**
 * A program as a few choices, which can be edited and shrunk: up to four images, up to three indexes over them, and up to two
 * imports. Names that do not fit (an index over an image that has gone) are left out when it is made into a program, see
 * `specProgram.ts`.
 *
 * Left out: AcrRun, sources of archives, folders and daemons, `lock`, formats, platforms of imports; two addresses of one registry
 * for the same tag at once, which the provider tells apart only when it deletes.
 */
export interface Spec {
  /** The name under which images and indexes reach the registry. */
  readonly address: "r.example" | "alias.example";
  readonly images: readonly ImageSpec[];
  readonly indexes: readonly IndexSpec[];
  readonly imports: readonly ImportSpec[];
}

/** The inputs of every kind of resource. */
export interface Behaviour {
  readonly onDelete: "untag" | "delete" | "retain";
  readonly onUnlist: "untag" | "retain";
  readonly onConflict: "fail" | "overwrite";
  readonly reconcile: "onUp" | "onRefresh";
}

/** One image; its platform goes with its name, so that indexes over several are possible. */
export interface ImageSpec extends Behaviour {
  readonly name: "a" | "b" | "c" | "d";
  readonly text: "1" | "2";
  /** One file, one file on a base, or a copy of an image that strangers have pushed; `chain`: on another image of the program. */
  readonly from: "file" | "base" | "copy" | "chain";
  readonly tag: "none" | "t" | "u" | "1.0-linux-amd64";
  readonly repository: "team/app" | "team/lib";
  readonly copyReferrers: "none" | "direct";
}

/** One index. */
export interface IndexSpec extends Behaviour {
  readonly name: "x" | "y" | "z";
  readonly tags: readonly ("1.0" | "2.0")[];
  readonly images: readonly ImageSpec["name"][];
  /** Whether its images are given as resources, by `ref`, or by a `ref` that is known in an update only. */
  readonly by: "resource" | "ref" | "later";
  /** In place of these images: those of a stranger's index, or of the index before it. */
  readonly over: "images" | "source" | "index";
  readonly childTag: boolean;
  /** About its first image. */
  readonly subject: boolean;
  /** Whether an annotation tells it from other indexes over the same images. */
  readonly annotated: boolean;
}

/** One import. */
export interface ImportSpec extends Behaviour {
  readonly name: "m" | "n";
  /** Behind the import's name. */
  readonly tags: readonly ("1" | "2")[];
  /** A stranger's index, the first image, or the first index of the program by digest or by its tag. */
  readonly of: "source" | "image" | "index" | "tag";
  readonly text: "1" | "2";
  readonly repository: "mirror/app" | "team/lib";
  readonly registry: "r.example" | "alias.example" | "other.example";
  readonly copyReferrers: "none" | "direct";
}
