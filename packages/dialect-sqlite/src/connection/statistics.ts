import type { CopySpec } from '@org/migrate-core/dialect'
import { nameOf, significant, tokenize } from '../sql/tokenize.ts'
import type { Connection } from './connection.ts'

/** What ANALYZE has found about an index or, where `index` is null, a table. */
type Statistic = readonly [index: string | null, stat: string | null, shape: string | null]

// The shape of an index: what the numbers are about. A WITHOUT ROWID table's own are listed under its name.
const shapeOf = (index: string): string =>
  `SELECT group_concat(quote(x.name) || ' ' || x."desc" || ' ' || x.coll || ' ' || x.key) FROM pragma_index_xinfo(${index}, 'main') AS x`

const read = `SELECT s.idx, s.stat, (${shapeOf('s.idx')}) FROM main.sqlite_stat1 AS s WHERE s.tbl = ? COLLATE NOCASE`

function statisticsOf(connection: Connection, table: string): readonly Statistic[] {
  const { db } = connection
  const analysed = db.prepare(`SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_stat1'`).get() !== undefined
  return analysed ? (db.prepare(read).raw(true).all(table) as Statistic[]) : []
}

/**
 * Remembers what ANALYZE found about a table that is about to be copied: DROP TABLE forgets it without a word, and queries
 * become slow. The function given writes it again once the table has its name back, for the indexes that are still the same.
 * The samples of sqlite_stat4 hold values of rows and are left to the next ANALYZE.
 */
export function rememberStatistics(connection: Connection, copy: CopySpec): () => void {
  const last = significant(tokenize(copy.from)).at(-1)
  const table = last === undefined ? undefined : nameOf(last)
  const before = table === undefined ? [] : statisticsOf(connection, table)
  return () => {
    if (table === undefined || before.length === 0 || statisticsOf(connection, table).length > 0) return
    const { db } = connection
    const name = db
      .prepare(`SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE`)
      .pluck(true)
      .get(table) as string | undefined
    if (name === undefined) return
    const insert = db.prepare('INSERT INTO main.sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)')
    const shapeNow = db.prepare(shapeOf('?')).pluck(true)
    for (const [index, stat, shape] of before) {
      if (index === null || shapeNow.get(index) === shape) insert.run(name, index, stat)
    }
  }
}
