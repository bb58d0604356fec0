const longest = 120;

/** A text in quotation marks for an error message, cut after 120 characters: what is refused may be of any length. */
export function quote(text: string): string {
  return text.length > longest ? `${JSON.stringify(text.slice(0, longest))} and so on` : JSON.stringify(text);
}
