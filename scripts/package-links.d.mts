export const projectAddress: string
export const packageFolders: readonly string[]
export function withLinks(manifest: object, folder: string): object
