import { fileURLToPath } from 'node:url'
import { hasDriver } from './client.mjs'

const tests = fileURLToPath(new URL('../../', import.meta.url))
const onNode = fileURLToPath(new URL('./on-node.mjs', import.meta.url))

/**
 * Where a test that imports better-sqlite3 finds it: where this Node cannot load it, the SQLite of Node stands in. What we publish is
 * not redirected: it falls back by itself, which is what is tested then.
 */
export function clientFor(source: string, importer: string | undefined): string | undefined {
  if (hasDriver || source !== 'better-sqlite3' || importer === undefined) return undefined
  return importer.startsWith(tests) && !importer.includes('node_modules') ? onNode : undefined
}
