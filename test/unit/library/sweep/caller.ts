import { parentPort, workerData } from 'node:worker_threads'
import * as compare from '@org/migrate-autogenerate'
import * as core from '@org/migrate-core'
import * as node from '@org/migrate-core/node'
import * as mysql from '@org/migrate-dialect-mysql'
import * as postgres from '@org/migrate-dialect-postgres'
import * as sqlite from '@org/migrate-dialect-sqlite'
import * as drizzle from '@org/migrate-drizzle'
import * as mysqlDrizzle from '@org/migrate-drizzle/mysql'
import * as postgresDrizzle from '@org/migrate-drizzle/postgres'
import * as sqliteDrizzle from '@org/migrate-drizzle/sqlite'
import * as schema from '@org/migrate-schema'
import * as database from '@org/migrate-schema/database'
import * as environment from '@org/migrate-schema/environment'
import * as jsonText from '@org/migrate-schema/json-text'
import * as tiers from '@org/migrate-schema/tiers'
import { anything, hostile, ownError } from './hostile.ts'

// A worker of the sweep: calls each public function with each hostile value, and tells its parent before and after each call.

const modules: { readonly [name: string]: object } = {
  core,
  drizzle,
  client: core.client,
  compare,
  node,
  sqlite,
  sqliteDrizzle,
  postgres,
  postgresDrizzle,
  mysql,
  mysqlDrizzle,
  schema,
  database,
  environment,
  jsonText,
  tiers,
}

type Call = (...args: readonly unknown[]) => unknown

async function outcomeOf(call: Call, value: unknown, count: number): Promise<string> {
  try {
    const result = call(...Array.from({ length: count }, () => value))
    if (result === value || typeof result !== 'object' || result === null) return 'done'
    if (Symbol.asyncIterator in result) for await (const _ of result as AsyncIterable<unknown>);
    else if (Symbol.iterator in result && 'next' in result) for (const _ of result as Iterable<unknown>);
    else await (result as Promise<unknown>)
    return 'done'
  } catch (error) {
    if (error === ownError) return 'own'
    if (core.isMigrateError(error)) return error.code
    return `raw: ${error instanceof Error ? error.stack : String(error)}`
  }
}

const { from, without } = workerData as { readonly from: number; readonly without: readonly string[] }
const calls = Object.entries(modules).flatMap(([module, exported]) =>
  Object.entries(exported).flatMap(([name, call]: [string, unknown]) => {
    if (typeof call !== 'function' || without.includes(`${module}.${name}`)) return []
    const counts = [1, 2, 3].filter((count) => count <= Math.max(2, call.length + 1))
    return counts.flatMap((count) =>
      hostile.map(([label, value]) => ({ name: `${module}.${name}`, label, count, value, call: call as Call })),
    )
  }),
)

for (const [at, { name, label, count, value, call }] of calls.entries()) {
  if (at < from) continue
  parentPort?.postMessage({ at, name, label, count })
  // A proxy that answers everything would be a promise that never ends.
  const outcome = value === anything && count > 1 ? 'done' : await outcomeOf(call, value, count)
  parentPort?.postMessage({ at, name, label, count, outcome })
}
parentPort?.postMessage('end')
