import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CheckReport, type Comparison, check, compare, renderBody } from '@org/migrate-autogenerate'
import { createMigrator, type DeclaredSchema, type Migrator } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { type Draft, graph, makeFile, revisionText } from '@org/migrate-core/node'
import { afterAll, beforeAll } from 'vitest'

const core = fileURLToPath(new URL('../../../packages/core', import.meta.url))

/** A folder whose files can import `@org/migrate-core`, as in a user's project, with a new folder of revisions at each call. */
export function projects(): () => string {
  let folder = ''
  let count = 0
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-real-')))
    mkdirSync(join(folder, 'node_modules/@org'), { recursive: true })
    symlinkSync(core, join(folder, 'node_modules/@org/migrate-core'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return () => {
    count += 1
    const migrations = join(folder, `migrations${count}`)
    mkdirSync(migrations)
    return migrations
  }
}

const draft: Draft = {
  revision: '4f2a91c07b3e',
  parents: [],
  dependsOn: [],
  branchLabels: [],
  message: 'everything that is declared',
  at: new Date('2026-11-21T09:00:00Z'),
}

export const migratorOn = (dialect: UnloadedDialect, migrations: string): Migrator =>
  createMigrator({ dialect, tiers: [graph(migrations)] })

/** Writes the revision that comparisons on several databases propose, as the command line does. */
export function writeRevision(migrations: string, comparisons: readonly Comparison[]): void {
  const upgrade = new Map(comparisons.map(({ dialect, changes }) => [dialect, changes.map(({ change }) => change)]))
  makeFile(join(migrations, `${draft.revision}_everything.ts`), revisionText(draft, { body: renderBody({ upgrade }) }))
}

/** What people would read of a comparison. */
export const linesOf = ({ changes, unanswered: open }: Comparison): readonly string[] => [
  ...open.map((candidate) => `may be a rename: ${JSON.stringify(candidate)}`),
  ...changes.map(({ describe }) => describe),
]

export interface Compared {
  readonly database: readonly string[]
  readonly replay: readonly string[]
  /** Of the revisions alone, without a terminal to ask. */
  readonly offline: readonly string[]
  readonly check: CheckReport
}

/** All that is proposed for a database at its head. */
export async function recompare(migrator: Migrator, declared: DeclaredSchema): Promise<Compared> {
  return {
    database: linesOf(await compare(migrator, declared)),
    replay: linesOf(await compare(migrator, declared, { from: 'replay' })),
    offline: linesOf(await compare(migrator, declared, { from: 'replay', server: false })),
    check: await check(migrator, { declared }),
  }
}
