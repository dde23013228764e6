export function otherNode(version: string): Promise<string>
