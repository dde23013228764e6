export function otherNode(version: string): Promise<string>
export function bun(version: string): Promise<string>

export function npmPackage(name: string, file: string): Promise<string>
