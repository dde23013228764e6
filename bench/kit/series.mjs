// Rows that a database makes by itself.

const numbers = (count) => ({
  sqlite: `(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) SELECT i FROM n) AS numbers`,
  postgres: `generate_series(1, ${count}) AS numbers(i)`,
  // A recursive query ends at 1,000 rows there.
  mysql: `(WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
    SELECT 1 + a.i + 1000 * b.i AS i FROM n AS a CROSS JOIN n AS b
    WHERE 1 + a.i + 1000 * b.i <= ${count}) AS numbers`,
})

/** `count` rows of an id and of a text for each prefix, which ends with the id. */
export function seriesOf(dialect, table, count, prefixes) {
  const text = (prefix) => (dialect === 'mysql' ? `concat('${prefix} ', i)` : `'${prefix} ' || i`)
  const values = ['i', ...prefixes.map((prefix) => (prefix === null ? 'NULL' : text(prefix)))]
  return `INSERT INTO ${table} SELECT ${values.join(', ')} FROM ${numbers(count)[dialect]}`
}
