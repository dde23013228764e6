export interface PackedPackage {
  readonly name: string
  readonly tarball: string
  /** A folder with what is in the tarball. */
  readonly unpacked: string
  readonly manifest: {
    readonly name: string
    readonly version: string
    readonly exports: Readonly<Record<string, object>>
  }
}
export function packPublic(destination: string): readonly PackedPackage[]
export function filesOf(folder: string): readonly string[]
