import ts from "typescript";

/** The doc comment of a declaration. */
export interface DocComment {
  /** Its text without tags, one line for each paragraph. */
  readonly description: string;
  /** Whether it is for this package alone: it crosses to the provider, but no program writes it. */
  readonly isInternal: boolean;
  /** Whether only the Node.js SDK knows it. */
  readonly isNodeOnly: boolean;
  readonly isSecret: boolean;
  /** Another name under which it crosses to the provider. */
  readonly crossesAs?: string;
}

/** Reads the doc comment of a declaration or member. */
export function docCommentOf(node: ts.Node): DocComment {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).slice(-1);
  const text = ts.getTextOfJSDocComment(comment?.comment) ?? "";
  const tags = new Map((comment?.tags ?? []).map((tag) => [tag.tagName.text, tag]));
  const crossesAs = ts.getTextOfJSDocComment(tags.get("crossesAs")?.comment)?.split(/\s/)[0];
  return {
    description: oneLine(text),
    isInternal: comment?.getText().includes("@internal") ?? false,
    isNodeOnly: tags.has("nodejs"),
    isSecret: comment?.getText().includes("@secret") ?? false,
    ...(crossesAs !== undefined && { crossesAs }),
  };
}

function oneLine(text: string): string {
  return text
    .replace(/@(internal|secret)/g, "")
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .replace(/\n(?!\n)/g, " ")
    .replace(/ {2,}/g, " ")
    .trim();
}
