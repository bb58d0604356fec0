import type * as pulumi from "@pulumi/pulumi";
import type { OptionalInput } from "./input";

/** A platform, field by field, in the words of the OCI image index. */
export interface PlatformArgs {
  /** In Go's words, for example `arm64`. */
  architecture: pulumi.Input<string>;
  /** In Go's words, for example `linux`. */
  os: pulumi.Input<string>;
  /** Of Windows, for example `10.0.20348.1`. */
  "os.version"?: OptionalInput<string>;
  /** Of Windows, for example `win32k`. */
  "os.features"?: OptionalInput<pulumi.Input<string>[]>;
  /** Of the architecture, for example `v7` of `arm`. */
  variant?: OptionalInput<string>;
}

/** `os/arch[/variant]`, for example `linux/arm64` or `windows(10.0.20348.1)/amd64`; or the same field by field. */
export type PlatformInput = pulumi.Input<string> | pulumi.Input<PlatformArgs>;
