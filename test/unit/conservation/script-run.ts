import { copyFileSync, rmSync } from 'node:fs'
import { isMigrateError, type MigrateError, type Migrator, type ScriptOptions } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { differsFromBefore } from '../../../packages/conformance/src/compare.ts'
import { type Ground, runOn } from '../ensure/ground.ts'
import type { ClientRun } from '../script/client.ts'
import { quoted, tablesOf } from './catalogue.ts'
import { schemaOf } from './target/server.ts'

/** How a migrator is made for one act. */
export interface MigratorChoice {
  readonly preserves?: boolean
  readonly dialect?: UnloadedDialect
}

/** What a script is asked for. */
export interface ScriptRequest {
  readonly target: string
  readonly options: ScriptOptions
  readonly preserves: boolean
}

export const fileOf = ({ url }: Ground): string => url.slice('sqlite:'.length)

/** The error with which the product refuses it, or what it gives. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | MigrateError> {
  try {
    return await work()
  } catch (error) {
    if (!isMigrateError(error) || error.code === 'INTERNAL') throw error
    return error
  }
}

const textOf = (row: unknown): string =>
  JSON.stringify(row, (_, cell) => (typeof cell === 'bigint' ? String(cell) : cell))

/** The rows of every table of revisions, each as text. A column that comes back is the last one: they are in the order of their names. */
export async function rowsOf(ground: Ground): Promise<ReadonlyMap<string, readonly string[]>> {
  const tables = new Map<string, readonly string[]>()
  for (const [name, columns] of await tablesOf(ground)) {
    const list = columns.map((column) => quoted(ground, column.name)).sort()
    const rows = await ground.sql(`SELECT ${list.join(', ')} FROM ${quoted(ground, name)}`)
    tables.set(name, rows.map(textOf).sort())
  }
  return tables
}

const recordedColumns =
  'tier, revision, direction, text_hash, operations_hash, parents, depends_on, labels, operations, inverses'

/** Rows, heads and history by their names, without times and without who it was. */
export async function recordedOf(ground: Ground): Promise<ReadonlyMap<string, readonly string[]>> {
  const read = async (text: string): Promise<readonly string[]> =>
    (await ground.sql(text).catch(() => [])).map((row) => textOf(row))
  return new Map([
    ...(await rowsOf(ground)),
    ['heads', await read('SELECT version_num FROM migrate_version ORDER BY 1')],
    ['journal', await read('SELECT revision, position, state FROM migrate_journal ORDER BY 1, 2')],
    ['history', await read(`SELECT ${recordedColumns} FROM migrate_history ORDER BY id`)],
  ])
}

/** Where the two differ, a line each. */
export function differencesOf(
  one: ReadonlyMap<string, readonly string[]>,
  other: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((name) => {
    const [rows, otherRows] = [one.get(name) ?? [], other.get(name) ?? []]
    const [removed, added] = [
      rows.filter((row) => !otherRows.includes(row)),
      otherRows.filter((row) => !rows.includes(row)),
    ]
    return removed.length + added.length === 0 && rows.length === otherRows.length
      ? []
      : [`${name}: ${removed.join(' ')} | ${added.join(' ')} (${rows.length}, ${otherRows.length})`]
  })
}

/** What the library has made of a copy of the database. */
export interface OnlineRun {
  readonly ground: Ground
  readonly refused?: MigrateError
  drop(): void
}

/** The same by the library, on a copy without preserved values, which no script restores. */
export async function runOnCopy(
  ground: Ground,
  migrator: (choice: MigratorChoice) => Migrator,
  { target, options, preserves }: ScriptRequest,
): Promise<OnlineRun> {
  const file = `${fileOf(ground)}.copy`
  copyFileSync(fileOf(ground), file)
  const dialect = () => sqliteDialect({ url: `sqlite:${file}` })
  const copy: Ground = { ...ground, url: `sqlite:${file}`, dialect, sql: async (text) => runOn(file, text) }
  await copy.sql('DELETE FROM migrate_preserved').catch(() => undefined)
  const run = migrator({ preserves, dialect: dialect() })
  const result = await attempt(() =>
    options.command === 'downgrade'
      ? run.downgrade(target, { allowDataLoss: options.allowDataLoss === true })
      : run.upgrade(target),
  )
  return {
    ground: copy,
    ...(isMigrateError(result) ? { refused: result } : {}),
    drop: () => {
      for (const each of [file, `${file}-migrate.lock`]) rmSync(each, { force: true })
    },
  }
}

/** Throws where the script has done something else than the run. */
export async function requireEqual(
  ground: Ground,
  { options }: ScriptRequest,
  done: ClientRun,
  online: OnlineRun,
): Promise<void> {
  if (online.refused !== undefined) {
    if (!done.stopped) throw new Error(`a script does what a run refuses: ${online.refused.message}`)
    return
  }
  if (done.stopped) {
    // The database has still recorded what a squashed revision replaces.
    const isExpected = options.from === 'current' ? /holds values/ : /holds values|is not at/
    if (!isExpected.test(done.output)) throw new Error(`a script stops where a run does not: ${done.output}`)
    return
  }
  const { dialect, read } = await schemaOf(ground)
  const lines = [
    ...differencesOf(await recordedOf(ground), await recordedOf(online.ground)),
    ...differsFromBefore(dialect, (await schemaOf(online.ground)).read, read),
  ]
  if (lines.length > 0) throw new Error(`a script differs from a run: ${lines.join('\n')}`)
}
