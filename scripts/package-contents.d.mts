export function problemsOfPacked(manifest: object, files: readonly string[]): readonly string[]
export function publishedExports(exports: object): object
