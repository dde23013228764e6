import { resolve } from 'node:path'
import { MigrateError } from '@org/migrate-core'
import type { Row, UnloadedDialect } from '@org/migrate-core/dialect'
import { withDialectSession } from '@org/migrate-core/internal'
import type { FleetMember } from './member.ts'

/**
 * The members that a query on a control database gives, read once for each pass. The query only reads.
 *
 * ```ts
 * queryMembers(postgresDialect({ url }), 'SELECT name, plan FROM tenants', ({ name, plan }) => ({
 *   id: String(name),
 *   schema: `tenant_${name}`,
 *   labels: { plan: String(plan) },
 * }))
 * ```
 */
export function queryMembers(
  dialect: UnloadedDialect,
  query: string,
  toMember: (row: Row) => FleetMember,
): () => AsyncGenerator<FleetMember> {
  return async function* list() {
    const rows = await withDialectSession(dialect, { purpose: 'inspect' }, (session) => session.query(query))
    for (const row of rows) yield toMember(row)
  }
}

/**
 * A member for each SQLite file that a pattern finds, called by its path from `baseDirectory` and in the order of these paths. Files of
 * SQLite itself and of the lock beside a database are left out, and those of `except`: paths from `baseDirectory`, as that of the
 * database of the fleet's state.
 *
 * ```ts
 * fileMembers('tenants/*.db', { baseDirectory: '/var/lib/app' })
 * ```
 */
export function fileMembers(
  pattern: string | readonly string[],
  { baseDirectory, except = [] }: { readonly baseDirectory: string; readonly except?: readonly string[] },
): () => AsyncGenerator<FleetMember> {
  const excluded = new Set(except.map((file) => resolve(baseDirectory, file)))
  return async function* list() {
    const { glob } = await import('tinyglobby')
    const patterns = typeof pattern === 'string' ? [pattern] : [...pattern]
    const ignore = ['**/*-wal', '**/*-shm', '**/*-journal', '**/*-migrate*.lock', '**/*-migrate*.lock-journal']
    const matches = await glob(patterns, { cwd: baseDirectory, ignore, onlyFiles: true, dot: true })
    const found = matches.filter((file) => !excluded.has(resolve(baseDirectory, file)))
    if (found.length === 0) {
      const why = `no file of ${baseDirectory} matches ${patterns.join(', ')}`
      throw new MigrateError('INVALID_OPTION', { option: 'members', why }, `The fleet has no member: ${why}.`)
    }
    for (const file of found.sort()) {
      const path = `${baseDirectory}/${file}`
      // A URL has its options behind the sign; a path without a scheme has none.
      yield { id: file, url: path.includes('?') ? resolve(path) : `sqlite:///${path}` }
    }
  }
}
