// The one place that opens SQLite for tests: better-sqlite3, or the SQLite of Node in its words where this Node cannot load it. Tests
// import better-sqlite3, which `where-needed.ts` redirects; programs that no bundler reads import this file.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import OnNode from './on-node.mjs'

const require = createRequire(new URL('../../package.json', import.meta.url))

/** The process would end as soon as a statement is collected: https://github.com/nodejs/node/issues/65446. */
function endsThisNode(driver) {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major !== 24 && !(major === 26 && minor < 4)) return false
  try {
    const binary = join(dirname(require.resolve(`${driver}/package.json`)), 'build/Release/better_sqlite3.node')
    return readFileSync(binary).includes('RemoveEnvironmentCleanupHook')
  } catch {
    // Not installed, or never compiled: loading it says so.
    return false
  }
}

function problemOf(driver) {
  if (endsThisNode(driver)) return `its binary ends Node ${process.versions.node} (nodejs/node#65446)`
  try {
    const Driver = require(driver)
    new Driver(':memory:').close()
    return undefined
  } catch (error) {
    // The one about another version of Node goes over several lines; behind the one about a missing binary come all places.
    const [first = ''] = String(error.message).split(' Tried:')
    return first.split('\n').slice(0, 4).join(' ')
  }
}

/** Another attempt would end in another message. */
const problems = new Map()

/** Why this Node cannot load a driver of SQLite; undefined where it can. */
export function whyNotLoaded(driver) {
  if (!problems.has(driver)) problems.set(driver, problemOf(driver))
  return problems.get(driver)
}

export const hasDriver = whyNotLoaded('better-sqlite3') === undefined

export const Database = hasDriver ? require('better-sqlite3') : OnNode
