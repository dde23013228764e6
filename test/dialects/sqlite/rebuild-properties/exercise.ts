import type { Database } from 'better-sqlite3'
import { quoted } from './names.ts'
import { objectsOf } from './snapshot.ts'

/**
 * Writes to every table, counts what the triggers logged, asks the full-text index whether it fits its table, and takes it
 * all back. The same before and after means that the triggers are there and do what they did.
 */
export function exercise(db: Database, table: string, columns: readonly string[]): string {
  const objects = objectsOf(db)
  const virtual = objects.filter((one) => /^CREATE VIRTUAL TABLE/i.test(one.sql ?? ''))
  const shadow = (name: string): boolean => virtual.some((one) => name.startsWith(`${one.name}_`))
  const log = objects.find((one) => one.type === 'table' && /\(what, value\)$/.test(one.sql ?? ''))
  const results: string[] = []
  const attempt = (label: string, body: () => unknown): void => {
    db.exec('SAVEPOINT attempt')
    try {
      const result = body()
      const logged =
        log === undefined
          ? []
          : db
              .prepare(`SELECT what, count(*) FROM ${quoted(log.name)} GROUP BY what ORDER BY what`)
              .raw()
              .all()
      results.push(`${label} ${JSON.stringify([result, logged])}`)
    } catch {
      results.push(`${label} failed`)
    } finally {
      db.exec('ROLLBACK TO attempt')
      db.exec('RELEASE attempt')
    }
  }
  const wasOn = db.pragma('foreign_keys', { simple: true })
  db.pragma('foreign_keys = OFF')
  db.exec('BEGIN')
  try {
    if (columns.length > 0) {
      const set = columns.map((name) => `${quoted(name)} = ${quoted(name)}`).join(', ')
      attempt('update', () => db.prepare(`UPDATE main.${quoted(table)} SET ${set}`).run().changes)
    }
    attempt('delete', () => db.prepare(`DELETE FROM main.${quoted(table)}`).run().changes)
    for (const one of objects.filter((object) => object.type === 'table')) {
      const skip = one.name === table || one.name === log?.name || virtual.includes(one) || shadow(one.name)
      if (!skip && !one.name.startsWith('sqlite_'))
        attempt(`delete ${one.name}`, () => db.prepare(`DELETE FROM main.${quoted(one.name)}`).run().changes)
    }
    for (const one of virtual.filter((object) => /fts5/.test(object.sql ?? ''))) {
      attempt(
        `full text ${one.name}`,
        () => db.prepare(`INSERT INTO ${one.name}(${one.name}, rank) VALUES ('integrity-check', 1)`).run() && 'ok',
      )
    }
  } finally {
    db.exec('ROLLBACK')
    db.pragma(`foreign_keys = ${wasOn}`)
  }
  return results.join('\n')
}
