import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BodyChange, type BodyInput, renderBody } from '@org/migrate-autogenerate'
import type { OperationRecorder } from '@org/migrate-core'
import type { Operation } from '@org/migrate-core/dialect'
import { record } from '@org/migrate-core/internal'
import { type Draft, importModule, revisionText } from '@org/migrate-core/node'
import { afterAll, beforeAll } from 'vitest'

const core = fileURLToPath(new URL('../../../packages/core', import.meta.url))

/** A folder in which a file can import `@org/migrate-core`, as in a user's project. */
export function projectFolder(): { readonly path: string } {
  const project = { path: '' }
  beforeAll(() => {
    project.path = realpathSync(mkdtempSync(join(tmpdir(), 'rendered-')))
    mkdirSync(join(project.path, 'node_modules/@org'), { recursive: true })
    symlinkSync(core, join(project.path, 'node_modules/@org/migrate-core'))
    writeFileSync(join(project.path, 'package.json'), '{ "type": "module" }\n')
  })
  afterAll(() => rmSync(project.path, { recursive: true, force: true }))
  return project
}

export const draft: Draft = {
  revision: '4f2a91c07b3e',
  parents: ['9b01d2ee6a54'],
  dependsOn: [],
  branchLabels: [],
  message: 'accounts get a locale',
  at: new Date('2026-11-20T23:05:09.900Z'),
}

export const rendered = (input: BodyInput): string => revisionText(draft, { body: renderBody(input) })

/** The same steps on one database, as operations alone. */
export const singleBody = (operations: readonly Operation[]): BodyInput => ({
  upgrade: new Map([['sqlite', operations.map((operation): BodyChange => ({ kind: 'operation', operation }))]]),
})

let files = 0

/** The functions of a file with this text, loaded as revisions are. */
export async function loaded(folder: string, text: string): Promise<Readonly<Record<string, unknown>>> {
  files += 1
  const file = join(folder, `revision${files}.ts`)
  writeFileSync(file, text)
  return importModule(file)
}

export function recorded(build: unknown, dialect: string): readonly Operation[] {
  const upgrade = build as (op: OperationRecorder) => void
  return record({ revision: 'r1', dialect, build: upgrade }).operations.map(({ operation }) => operation)
}
