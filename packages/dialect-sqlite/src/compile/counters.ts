import type { DialectRows, Statement } from '@org/migrate-core/dialect'

/** AUTOINCREMENT: the largest number ever given out stands in sqlite_sequence, which is there as soon as one table counts so. */
export const counters: NonNullable<DialectRows['counters']> = {
  async read(session, { ref, columns }) {
    const column = columns.find(({ identity }) => identity !== undefined)
    if (column === undefined) return new Map()
    const [row] = await session.query('SELECT seq FROM sqlite_sequence WHERE name = ?', [ref.name])
    return typeof row?.seq === 'bigint' ? new Map([[column.name, row.seq]]) : new Map()
  },
  set({ ref, columns }, column, last): readonly Statement[] {
    if (columns.find(({ name }) => name === column)?.identity === undefined) return []
    return [
      {
        sql: 'UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?',
        params: [last, ref.name],
        transaction: 'any',
      },
      {
        sql: 'INSERT INTO sqlite_sequence (name, seq) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)',
        params: [ref.name, last, ref.name],
        transaction: 'any',
      },
    ]
  },
}
