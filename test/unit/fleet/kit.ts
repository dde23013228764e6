import { copyFileSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { graphOf, integer, type Revision, revisions, varchar } from '@org/migrate-core'
import { type Dialect, loadedItself, type OperationKind, type UnloadedDialect } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { createFleet, type Fleet, type FleetMember, type FleetOptions } from '@org/migrate-fleet'
import { changedDialect } from '../../kit/changed-dialect.ts'
import { line, migratorOf } from '../../kit/migrator.ts'

/** Three revisions: two tables, and a column with an index. */
export const chain: readonly Revision[] = line(
  (op) =>
    op.createTable('users', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('name', varchar(50))
      t.primaryKey(['id'])
    }),
  (op) =>
    op.createTable('notes', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('user_id', integer())
      t.primaryKey(['id'])
    }),
  (op) => {
    op.alterTable('users', (t) => t.addColumn('locale', varchar(12), { nullable: false, default: 'en' }))
    op.createIndex('users', 'users_locale', ['locale'])
  },
)

export const newFolder = (): string => mkdtempSync(path.join(tmpdir(), 'fleet-'))

export const fileOf = (folder: string, id: string): string => path.join(folder, `${id}.db`)

export const dialectOf = ({ url = '' }: FleetMember): UnloadedDialect => sqliteDialect({ url })

/** Members with a file each, at the revision that is named. */
export async function makeMembers(
  folder: string,
  ids: readonly string[],
  target: string,
): Promise<readonly FleetMember[]> {
  const [first = '', ...remaining] = ids
  await migratorOf(sqliteDialect({ url: `sqlite:///${fileOf(folder, first)}` }), chain).upgrade(target)
  for (const id of remaining) copyFileSync(fileOf(folder, first), fileOf(folder, id))
  return ids.map((id) => ({ id, url: `sqlite:///${fileOf(folder, id)}` }))
}

export const numbered = (count: number, prefix = 'm'): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${String(at + 1).padStart(3, '0')}`)

export function fleetOf(members: FleetOptions['members'], options: Partial<FleetOptions> = {}): Fleet {
  const retry = { times: 1, delayMs: 1 }
  return createFleet({ members, dialect: dialectOf, tiers: [graphOf(revisions(chain))], retry, ...options })
}

/** The same dialects, and how often one of them compiled an operation. */
export function countingCompiles(dialect: (member: FleetMember) => UnloadedDialect): {
  readonly dialect: (member: FleetMember) => UnloadedDialect
  readonly compiled: () => number
} {
  let compiled = 0
  const known = new WeakMap<UnloadedDialect, UnloadedDialect>()
  const counting = (each: UnloadedDialect): UnloadedDialect => {
    let loading: Promise<Dialect> | undefined
    const load = async (): Promise<Dialect> => {
      const loaded = await each.load()
      const { table } = loaded.compiler
      const kinds = Object.keys(table) as OperationKind[]
      const counted = kinds.map((kind) => [
        kind,
        (around: never) => {
          compiled += 1
          return table[kind](around)
        },
      ])
      return { ...loaded, load: loadedItself, compiler: { ...loaded.compiler, table: Object.fromEntries(counted) } }
    }
    const existing = known.get(each)
    const changed: UnloadedDialect = existing ?? { ...each, load: () => (loading ??= load()) }
    known.set(each, changed)
    return changed
  }
  return { dialect: (member) => changedDialect(dialect(member), counting), compiled: () => compiled }
}
