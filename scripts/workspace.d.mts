export const root: string
export function nodeProblem(version: string): string | undefined
export function checkDriver(from?: string): string | undefined
export function builtinSqlite(version?: string): unknown
