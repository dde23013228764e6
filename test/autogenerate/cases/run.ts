import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CompareOptions, type Comparison, compare, type FillAnswer, renderBody } from '@org/migrate-autogenerate'
import {
  type DeclaredSchema,
  type Exports,
  isMigrateError,
  type Migrator,
  type Revision,
  readDeclared,
} from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { importModule, revisionText } from '@org/migrate-core/node'
import { entityKind } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isVersion1 } from '../../kit/drizzle-version.ts'
import { migratorOf } from '../../kit/migrator.ts'
import { counts, longRun, sampleOf } from '../../kit/scale.ts'
import { type Case, nameOf, type PerServer, type QueryExpectation } from './case.ts'
import { candidateLine, changeLine, refText } from './lines.ts'

interface Database {
  readonly dialect: UnloadedDialect
  /** Sends several statements as they are, and gives the rows of the last. */
  sql(text: string): Promise<readonly object[]>
  close(): Promise<void>
}

export interface Server {
  readonly name: string
  /** Which of two servers of one family; absent: there is one. */
  readonly flavour?: 'mysql' | 'mariadb'
  /** Its major version; absent: there are no cases that ask for one. */
  readonly major?: number
  readonly readDrizzle: (exports: Exports, options: { readonly casing?: 'snake_case' | 'camelCase' }) => DeclaredSchema
  open(): Promise<Database>
}

/** A folder in which a revision can import `@org/migrate-core`, as in a user's project. */
function project(): { readonly path: string } {
  const folder = { path: '' }
  beforeAll(() => {
    folder.path = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-cases-')))
    mkdirSync(join(folder.path, 'node_modules/@org'), { recursive: true })
    const core = fileURLToPath(new URL('../../../packages/core', import.meta.url))
    symlinkSync(core, join(folder.path, 'node_modules/@org/migrate-core'))
    writeFileSync(join(folder.path, 'package.json'), '{ "type": "module" }\n')
  })
  afterAll(() => rmSync(folder.path, { recursive: true, force: true }))
  return folder
}

const isDrizzle = (one: unknown): boolean =>
  typeof one === 'object' && one !== null && Object.hasOwn(one.constructor, entityKind)

/** As the command reads what a file of the schema exports. */
function declaredBy(server: Server, exports: Exports, { casing }: Pick<Case, 'casing'>): DeclaredSchema {
  if (!Object.values(exports).some(isDrizzle) && Object.values(exports).length > 0) return readDeclared(exports)
  return server.readDrizzle(exports, casing === undefined ? {} : { casing })
}

const isPerServer = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'mysql' in value && 'mariadb' in value

function onServer<T>({ flavour }: Server, value: PerServer<T> | T): T {
  return isPerServer(value) && flavour !== undefined ? (value as { mysql: T; mariadb: T })[flavour] : (value as T)
}

/** Whether the two servers of a family do not answer alike. */
export function isParted({ only, before, expected }: Case): boolean {
  return only !== undefined || isPerServer(before) || isPerServer(expected)
}

/** What an ordinary run takes of the cases of a server. */
export const sampleOfRows = (cases: readonly Case[]): readonly Case[] =>
  sampleOf(cases, counts.autogenerateCaseEvery, ({ object, attribute }) =>
    // On drizzle-orm 1.0 an ordinary run takes the first of each object.
    isVersion1 && !longRun ? object : `${object} · ${attribute}`,
  )

let files = 0

/** The file that the command would write, loaded as revisions are. */
async function written(
  folder: string,
  { dialect, changes, downgrade: back }: Comparison,
  parent: Revision | undefined,
): Promise<Revision> {
  files += 1
  const plain = changes.map(({ change }) => change)
  const body = renderBody({
    upgrade: new Map([[dialect, plain]]),
    ...(back.isDerived ? {} : { downgrade: new Map([[dialect, back.changes]]) }),
  })
  const revision = `case${files}`
  const parents = parent === undefined ? [] : [parent.revision]
  const draft = { revision, parents, dependsOn: [], branchLabels: [], message: 'a case', at: new Date(0) }
  const file = join(folder, `${revision}.ts`)
  writeFileSync(file, revisionText(draft, { body }))
  return (await importModule(file)) as unknown as Revision
}

function optionsOf(each: Case): CompareOptions {
  const { answers, fill = {}, include, exclude } = each
  const answer: FillAnswer = ({ table, column, where }) =>
    fill[column === '' ? refText(table) : `${refText(table)}.${column}`] ??
    fill[`${refText(table)}${column === '' ? '' : `.${column}`} = ${where.kind === 'value' ? where.value : ''}`]
  return {
    fill: answer,
    ...(answers === undefined ? {} : { answers }),
    ...(include === undefined ? {} : { include }),
    ...(exclude === undefined ? {} : { exclude }),
  }
}

interface Ground {
  readonly server: Server
  readonly database: Database
  readonly folder: string
}

const migratorOn = ({ database }: Ground, chain: readonly Revision[]): Migrator => migratorOf(database.dialect, chain)

/** Makes what is there before, and gives the revisions that did. */
async function stand(ground: Ground, each: Case): Promise<readonly Revision[]> {
  const { server, database, folder } = ground
  const before = onServer<unknown>(server, each.before)
  const chain: Revision[] = []
  if (typeof before === 'string') await database.sql(before)
  else {
    const comparison = await compare(migratorOn(ground, []), declaredBy(server, before as Exports, each))
    expect(comparison.unanswered).toEqual([])
    if (comparison.changes.length > 0) chain.push(await written(folder, comparison, undefined))
    await migratorOn(ground, chain).upgrade()
  }
  if (each.rows !== undefined) await database.sql(each.rows)
  return chain
}

const lines = ({ changes }: Comparison): readonly string[] => changes.map(({ change }) => changeLine(change))

const rowText = (row: object): string =>
  Object.values(row)
    .map((value) => (value === null ? 'NULL' : String(value)))
    .join(', ')

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'it was not refused'
  } catch (error) {
    if (isMigrateError(error)) return error.code
    throw error
  }
}

async function upgraded(ground: Ground, each: Case, comparison: Comparison, chain: readonly Revision[]): Promise<void> {
  const { server, database, folder } = ground
  const declared = declaredBy(server, each.after, each)
  const { answers: _, ...options } = optionsOf(each)
  const longer = [...chain, await written(folder, comparison, chain.at(-1))]
  if (each.refused !== undefined) {
    expect(await refusal(migratorOn(ground, longer).upgrade())).toBe(each.refused)
    const second = await compare(migratorOn(ground, chain), declared, optionsOf(each))
    expect(lines(second), 'nothing was changed').toEqual(lines(comparison))
    return
  }
  await migratorOn(ground, longer).upgrade()
  const second = await compare(migratorOn(ground, longer), declared, options)
  expect(second.unanswered.map(candidateLine), 'a second comparison').toEqual([])
  expect(lines(second), `a second comparison:\n${lines(second).join('\n')}\n`).toEqual([])
  await find(database, each.finds)
  if (each.returns === undefined) return
  await migratorOn(ground, longer).downgrade('-1', { allowDataLoss: true })
  await find(database, each.returns)
}

async function find(database: Database, actualLines: QueryExpectation | undefined): Promise<void> {
  if (actualLines === undefined) return
  const rows = (await database.sql(actualLines.sql)).map(rowText)
  expect(rows, `rows:\n${rows.join('\n')}\n`).toEqual(actualLines.rows)
}

/** The tables of a case are made by hand, so every comparison says so. */
const toAdopt =
  'This database has tables, and no revision is recorded in it. Take the database over with `migrate adopt`.'

async function runCase(ground: Ground, each: Case): Promise<void> {
  const chain = await stand(ground, each)
  const declared = declaredBy(ground.server, each.after, each)
  const comparison = await compare(migratorOn(ground, chain), declared, optionsOf(each))
  const openQuestions = comparison.unanswered.map(candidateLine)
  expect(openQuestions, `open:\n${openQuestions.join('\n')}\n`).toEqual(each.openQuestions ?? [])
  const actualLines = lines(comparison)
  expect(actualLines, `found:\n${actualLines.join('\n')}\n`).toEqual(onServer(ground.server, each.expected))
  const notes = comparison.notes.filter((note) => note !== toAdopt)
  if (each.notes !== undefined) expect(notes, notes.join('\n')).toEqual(each.notes)
  if (comparison.changes.length > 0) await upgraded(ground, each, comparison, chain)
}

/** The cases on a server, each in an empty database. */
export function casesOn(server: Server, cases: readonly Case[]): void {
  const folder = project()
  const groups = new Map<string, Case[]>()
  for (const each of cases) {
    if (each.only !== undefined && each.only !== server.flavour) continue
    // In 1.0 tables are declared in their casing: `test/dialects/drizzle-1`.
    if (each.casing !== undefined && isVersion1) continue
    if ((each.since ?? 0) > (server.major ?? 0)) continue
    groups.set(each.object, [...(groups.get(each.object) ?? []), each])
  }
  for (const [object, group] of groups) {
    describe(object, () => {
      test.each(group.map((each) => [nameOf(each), each] as const))('%s', async (_, each) => {
        const database = await server.open()
        try {
          await runCase({ server, database, folder: folder.path }, each)
        } finally {
          await database.close()
        }
      })
    })
  }
}
