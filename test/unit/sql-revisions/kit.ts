import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

export interface MigrationsFolder {
  readonly folder: string
  /** Writes files of a revision folder: `{ 'a1_x/up.sql': '…' }`. */
  put(files: Readonly<Record<string, string | Uint8Array>>): void
}

/** A folder of migrations of its own for each test of a file. */
export function migrationsFolder(): MigrationsFolder {
  const project = {
    folder: '',
    put(files: Readonly<Record<string, string | Uint8Array>>): void {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(join(project.folder, name, '..'), { recursive: true })
        writeFileSync(join(project.folder, name), text)
      }
    },
  }
  beforeEach(() => {
    project.folder = mkdtempSync(join(tmpdir(), 'sql-revisions-'))
  })
  afterEach(() => rmSync(project.folder, { recursive: true, force: true }))
  return project
}

/** The header of a revision, and its text. */
export function up(revision: string, revises: string, text: string): string {
  return `-- revision: ${revision}\n-- revises: ${revises}\n\n${text}`
}

export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it did not fail',
    (error: unknown) => error,
  )
}
