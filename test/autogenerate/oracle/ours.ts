import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Comparison, compare, renderBody } from '@org/migrate-autogenerate'
import { createMigrator, type DeclaredSchema } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { graph, revisionText } from '@org/migrate-core/node'
import { afterAll, beforeAll } from 'vitest'
import type { OracleSchema } from './schema.ts'

/** Folders of revisions that can import `@org/migrate-core`, as in users' projects. */
export function migrationFolders(): () => string {
  let root = ''
  let count = 0
  beforeAll(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-oracle-')))
    mkdirSync(join(root, 'node_modules/@org'), { recursive: true })
    const core = fileURLToPath(new URL('../../../packages/core', import.meta.url))
    symlinkSync(core, join(root, 'node_modules/@org/migrate-core'))
    writeFileSync(join(root, 'package.json'), '{ "type": "module" }\n')
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  return () => {
    count += 1
    const folder = join(root, `migrations${count}`)
    mkdirSync(folder)
    return folder
  }
}

export type Answers = Pick<OracleSchema, 'renamed' | 'fill'>

/** What leads from the database to the schema; fails where there is something to ask. */
export async function compared(
  dialect: UnloadedDialect,
  folder: string,
  to: DeclaredSchema,
  { renamed, fill = {} }: Answers = {},
): Promise<Comparison> {
  const comparison = await compare(createMigrator({ dialect, tiers: [graph(folder)] }), to, {
    answers: { none: true, ...(renamed === undefined ? {} : { renamed }) },
    // Of a value that an enum loses, the enum alone is named.
    fill: ({ table, column }) => fill[column === '' ? table.name : `${table.name}.${column}`],
  })
  if (comparison.unanswered.length > 0) throw new Error(`not answered: ${JSON.stringify(comparison.unanswered)}`)
  return comparison
}

/** Writes the revision of a release, as the command does: where nothing differs, none. */
function write(folder: string, release: number, { dialect, changes, downgrade: back }: Comparison): void {
  if (changes.length === 0) return
  const body = renderBody({
    upgrade: new Map([[dialect, changes.map(({ change }) => change)]]),
    ...(back.isDerived ? {} : { downgrade: new Map([[dialect, back.changes]]) }),
  })
  const parents = release === 0 ? [] : [`release${release - 1}`]
  const draft = { revision: `release${release}`, parents, dependsOn: [], branchLabels: [], message: 'a release' }
  writeFileSync(join(folder, `release${release}.ts`), revisionText({ ...draft, at: new Date(0) }, { body }))
}

/** Autogenerates the revision that leads to a release, and upgrades to the head. */
export async function releaseTo(
  dialect: UnloadedDialect,
  folder: string,
  to: DeclaredSchema,
  { release, ...answers }: Answers & { readonly release: number },
): Promise<void> {
  write(folder, release, await compared(dialect, folder, to, answers))
  await createMigrator({ dialect, tiers: [graph(folder)] }).upgrade()
}
