export function otherNode(version: string): Promise<string>
export function bun(version: string): Promise<string>
export function deno(version: string): Promise<string>

export function npmPackage(name: string, file: string): Promise<string>
export function npmPackages(names: readonly string[], options: { readonly scripts: boolean }): Promise<string>
