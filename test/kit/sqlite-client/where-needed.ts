import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const tests = fileURLToPath(new URL('../../', import.meta.url))
const onNode = fileURLToPath(new URL('./on-node.mjs', import.meta.url))

/** Why this Node cannot load a driver of SQLite; undefined where it can. */
export function whyNotLoaded(driver: 'better-sqlite3' | 'better-sqlite3-multiple-ciphers'): string | undefined {
  try {
    const Database = createRequire(new URL('../../package.json', import.meta.url))(driver)
    new Database(':memory:').close()
    return undefined
  } catch (error) {
    return String(error).split('\n')[0]
  }
}

const hasDriver = whyNotLoaded('better-sqlite3') === undefined

/**
 * Where a test that imports better-sqlite3 finds it: where this Node cannot load it, the SQLite of Node stands in. What we publish is
 * not redirected: it falls back by itself, which is what is tested then.
 */
export function clientFor(source: string, importer: string | undefined): string | undefined {
  if (hasDriver || source !== 'better-sqlite3' || importer === undefined) return undefined
  return importer.startsWith(tests) && !importer.includes('node_modules') ? onNode : undefined
}
