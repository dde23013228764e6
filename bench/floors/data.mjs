// The floor of a data step, by hand in one transaction, in pages of 5,000 rows by their key: `node data.mjs <url> js` reads a page and
// sends its new values with one statement; `sql` sends one UPDATE for each range.
import { connect, isPostgres, isSqlite } from './connect.mjs'

const [, , url, how] = process.argv
const client = connect(url)
const isMysql = !isPostgres(url) && !isSqlite(url)
const computed = (note) => `${String(note).length}:${String(note).toUpperCase()}`
const mark = (at) => (isPostgres(url) ? `$${at}` : '?')
const inSql = isMysql ? "concat(char_length(note), ':', upper(note))" : "length(note) || ':' || upper(note)"

function update(rows) {
  if (isMysql) {
    const cases = rows.map(() => 'WHEN ? THEN ?').join(' ')
    const sql = `UPDATE item SET made = CASE id ${cases} END WHERE id IN (${rows.map(() => '?').join(', ')})`
    return client.query(sql, [...rows.flatMap(({ id, note }) => [id, computed(note)]), ...rows.map(({ id }) => id)])
  }
  const lists = rows.map((_, at) => {
    const [id, text] = [mark(2 * at + 1), mark(2 * at + 2)]
    return isPostgres(url) ? `(${id}::bigint, ${text}::text)` : `(${id}, ${text})`
  })
  return client.query(
    `UPDATE item SET made = v.column2 FROM (VALUES ${lists.join(', ')}) AS v WHERE item.id = v.column1`,
    rows.flatMap(({ id, note }) => [id, computed(note)]),
  )
}

await client.query(isSqlite(url) ? 'BEGIN IMMEDIATE' : 'BEGIN')
for (let last = -1; ; ) {
  const columns = how === 'js' ? 'id, note' : 'id'
  const rows = await client.query(
    `SELECT ${columns} FROM item WHERE id > ${mark(1)} ORDER BY id LIMIT ${isMysql && how === 'js' ? 200 : 5_000}`,
    [last],
  )
  if (rows.length === 0) break
  const first = last
  last = Number(rows.at(-1).id)
  if (how === 'js') await update(rows)
  else await client.query(`UPDATE item SET made = ${inSql} WHERE id > ${mark(1)} AND id <= ${mark(2)}`, [first, last])
}
await client.query('COMMIT')
await client.end()
