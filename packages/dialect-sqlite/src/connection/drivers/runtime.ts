import type { Runtime } from './installed.ts'

/** The process that runs, as far as a driver depends on it. */
export interface SqliteRuntime extends Runtime {
  readonly bun: string | undefined
  readonly deno: string | undefined
  /** It has a `node:sqlite` that will do. */
  readonly hasBuiltin: boolean
}

/** Rows as lists, the types of columns and the state of the transaction came with Node 22.16 and 24.0. */
export function hasBuiltin(node: string): boolean {
  const [major = 0, minor = 0] = node.split('.').map(Number)
  return major >= 24 || (major === 22 && minor >= 16)
}

export function thisRuntime(): SqliteRuntime {
  const { node, bun, deno } = process.versions
  // Bun has it since 1.4.
  const has = bun === undefined ? hasBuiltin(node) : process.getBuiltinModule?.('node:sqlite') !== undefined
  return { program: process.argv[1], node, bun, deno, hasBuiltin: has }
}
