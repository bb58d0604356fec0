/** The part of js-yaml that the tests use; the package brings no types. */
declare module "js-yaml" {
  /** Reads one YAML document. @throws for what is none. */
  export function load(text: string): unknown;
}
