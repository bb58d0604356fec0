import type { Platform } from "../oci/platform";

/** What the first bytes of an executable file tell. */
export interface Executable {
  /** The platform it runs on; absent where the header does not settle it (scripts, EFI programs, managed assemblies, object files). */
  readonly platform?: Platform;
}

/** How many of a file's first bytes {@link readExecutable} wants to see. */
export const executableHeadSize = 4096;

/**
 * Recognises ELF files, PE files and `#!` scripts by their header.
 * @param head - the file's first {@link executableHeadSize} bytes, or all of a shorter file.
 * @returns what the header tells; `undefined` when the file is none of these.
 * @see https://gabi.xinuos.com/elf/02-eheader.html
 * @see https://learn.microsoft.com/windows/win32/debug/pe-format
 */
export function readExecutable(head: Uint8Array): Executable | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (startsWith(head, "\x7fELF")) return withPlatform(elfPlatform(view));
  if (startsWith(head, "#!")) return {};
  const pe = startsWith(head, "MZ") ? peHeaderOffset(view) : undefined;
  return pe === undefined ? undefined : withPlatform(pePlatform(view, pe));
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(bytes.subarray(0, text.length)).toString("latin1") === text;
}

function withPlatform(platform: Platform | undefined): Executable {
  return platform === undefined ? {} : { platform };
}

/** GOARCH by `e_machine`, class in bits and byte order; a machine in another shape than these settles nothing. */
const elfArchitectures: ReadonlyMap<string, string> = new Map([
  ["3/32/little", "386"],
  ["8/32/big", "mips"],
  ["8/32/little", "mipsle"],
  ["8/64/big", "mips64"],
  ["8/64/little", "mips64le"],
  ["21/64/big", "ppc64"],
  ["21/64/little", "ppc64le"],
  ["22/64/big", "s390x"],
  ["40/32/little", "arm"],
  ["62/64/little", "amd64"],
  ["183/64/little", "arm64"],
  ["243/64/little", "riscv64"],
  ["258/64/little", "loong64"],
]);

/** GOOS by EI_OSABI. 0 (System V) is what compilers write for Linux. */
const elfSystems: ReadonlyMap<number, string> = new Map([
  [0, "linux"],
  [2, "netbsd"],
  [3, "linux"],
  [6, "solaris"],
  [9, "freebsd"],
  [12, "openbsd"],
]);

const elfHeaderSize = { 32: 52, 64: 64 } as const;
const elfExecutableTypes: readonly number[] = [2, 3]; // ET_EXEC, ET_DYN
const mips = 8;
const mipsN32 = 0x20; // EF_MIPS_ABI2: a 64-bit program in a 32-bit file

// The ELF header tells arm but no variant: ARMv5, v6 and v7 programs differ only in a section further on.
function elfPlatform(view: DataView): Platform | undefined {
  if (view.byteLength < elfHeaderSize[32]) return undefined;
  const bits = view.getUint8(4) === 2 ? 64 : 32;
  const little = view.getUint8(5) === 1;
  if (view.byteLength < elfHeaderSize[bits]) return undefined;
  if (!elfExecutableTypes.includes(view.getUint16(16, little))) return undefined;
  const machine = view.getUint16(18, little);
  if (machine === mips && bits === 32 && (view.getUint32(36, little) & mipsN32) !== 0) return undefined;
  const architecture = elfArchitectures.get(`${machine}/${bits}/${little ? "little" : "big"}`);
  const os = elfSystems.get(view.getUint8(7));
  return architecture === undefined || os === undefined ? undefined : { architecture, os };
}

/** GOARCH by the COFF header's Machine. */
const peArchitectures: ReadonlyMap<number, string> = new Map([
  [0x14c, "386"],
  [0x1c4, "arm"],
  [0x8664, "amd64"],
  [0xaa64, "arm64"],
]);

const windowsSubsystems: readonly number[] = [2, 3]; // GUI, console; the EFI ones run without Windows
const peSignature = 0x00004550;
const pe32Plus = 0x20b;
const commonLanguageRuntime = 14; // index of its data directory

function peHeaderOffset(view: DataView): number | undefined {
  if (view.byteLength < 64) return undefined;
  const offset = view.getUint32(60, true);
  return offset + 4 <= view.byteLength && view.getUint32(offset, true) === peSignature ? offset : undefined;
}

function pePlatform(view: DataView, offset: number): Platform | undefined {
  const optional = offset + 24;
  if (optional + 240 > view.byteLength) return undefined;
  const directories = optional + (view.getUint16(optional, true) === pe32Plus ? 112 : 96);
  const hasDirectory = view.getUint32(directories - 4, true) > commonLanguageRuntime;
  // A managed assembly is a PE file on every platform that .NET runs on.
  if (hasDirectory && view.getUint32(directories + commonLanguageRuntime * 8, true) !== 0) return undefined;
  if (!windowsSubsystems.includes(view.getUint16(optional + 68, true))) return undefined;
  const architecture = peArchitectures.get(view.getUint16(offset + 4, true));
  return architecture === undefined ? undefined : { architecture, os: "windows" };
}
