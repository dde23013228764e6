// What a session gives, by the SQLite that this Node loads: its values with their kinds, what errors are called, what a statement
// changed, a rollback, a backup. Built packages; the file that is named is made. Behind it the name of a driver, or of one whose open client is given.
import { createRequire } from 'node:module'
import { sqliteDialect } from '../../../../packages/dialect-sqlite/dist/index.js'

const show = (value) =>
  typeof value === 'bigint'
    ? `${value}n`
    : value instanceof Uint8Array
      ? (Buffer.isBuffer(value) ? 'buffer ' : 'bytes ') + Buffer.from(value).toString('hex')
      : Object.is(value, -0)
        ? '-0'
        : typeof value === 'number'
          ? `number ${value}`
          : value
const lines = []
const file = process.argv[2]
const [name, isOpen] = [process.argv[3], process.argv[4] === 'open']
/** What an application opens itself. */
const openClient = async (path) => {
  if (name === 'node:sqlite') return new (process.getBuiltinModule(name).DatabaseSync)(path)
  const module = await import(name === 'bun:sqlite' ? name : createRequire(process.argv[5]).resolve(name))
  return new (module.Database ?? module.default)(path)
}
const dialectOn = async (path) =>
  isOpen
    ? sqliteDialect({ driver: await openClient(path) })
    : sqliteDialect({ url: `sqlite:${path}`, ...(name === undefined ? {} : { driver: name }) })
const dialect = await dialectOn(file)
const session = await dialect.connection.connect({ purpose: 'run' })
const ask = async (sql, params) => {
  try {
    const rows = await session.query(sql, params)
    lines.push([sql, rows.map((row) => Object.entries(row).map(([name, value]) => [name, show(value)]))])
  } catch (error) {
    lines.push([sql, error.code ?? error.name, error.message.replace(/node:sqlite of Node [^ ]+/, 'node:sqlite')])
  }
}
const run = async (sql, params) => {
  try {
    lines.push([sql, await session.execute(sql, params)])
  } catch (error) {
    lines.push([sql, error.code ?? error.name, error.message])
  }
}
await run(
  'CREATE TABLE t (id INTEGER PRIMARY KEY, i INTEGER, r REAL, s TEXT, b BLOB, f BOOLEAN, j JSON, d DECIMAL(20, 6))',
)
const values = [
  [9007199254740993n, 1.5, 'é 日 z\n', Buffer.from([0, 255]), true, '{"a":1}', '12.500000'],
  [-9223372036854775808n, -0, '', Buffer.alloc(0), false, '1', 3],
  [42, Infinity, 'x', new Uint8Array([1, 2]), null, '"s"', '1e30'],
  [4294967296, 2, "it's", null, true, 'null', null],
]
for (const row of values) await run('INSERT INTO t (i, r, s, b, f, j, d) VALUES (?, ?, ?, ?, ?, ?, ?)', row)
await ask('SELECT * FROM t ORDER BY id')
await ask(
  'SELECT typeof(i) a, typeof(r) b, typeof(s) c, typeof(b) d, typeof(f) e, typeof(d) g, hex(s) h FROM t ORDER BY id',
)
await ask("SELECT 1 AS n, 'two' AS __proto__, NULL AS \"nothing\", 2.0 AS r, x'00ff' AS bytes")
await ask('SELECT id FROM t ORDER BY id LIMIT ?', [2])
await ask('INSERT INTO t (i) VALUES (7) RETURNING id, i')
await run('INSERT INTO t (i) VALUES (8) RETURNING id')
await run('SELECT * FROM t')
await run('UPDATE t SET i = 0 WHERE id > ?', [2])
await run('DELETE FROM t WHERE 0 RETURNING id')
await run('SELECT * FROM missing')
await run('SELEC')
await run('INSERT INTO t (id) VALUES (1)')
await run('CREATE TABLE u (id INTEGER PRIMARY KEY, t INTEGER NOT NULL REFERENCES t (id), CHECK (id < 10)) STRICT')
await run('INSERT INTO u VALUES (1, 99)')
await run('INSERT INTO u VALUES (10, 1)')
await run('INSERT INTO u VALUES (1, NULL)')
await run("INSERT INTO u VALUES (1, 'text')")
await ask('SELECT none FROM t')
await ask('PRAGMA table_info(u)')
await ask('PRAGMA foreign_key_check')
// Behind statements that changed rows.
await run('UPDATE t SET i = i')
await run('CREATE TABLE w (a)')
await run('DROP TABLE w')
await run('WITH x AS (SELECT 1) UPDATE t SET i = i WHERE id = 1')
await run('UPDATE t SET i = i')
await run('PRAGMA cache_size = 100')
await run('SELECT ?', [2n ** 63n])
await run('SELECT ?', [NaN])
await run('SELECT ?, ?', [1])
await run('SELECT ?', [1, 2])
await run('SELECT 1; DROP TABLE t')
await run('SELECT 1; -- and no more')
await run('-- nothing')
await run('')
await ask("SELECT 'a?' AS a, i, ':x' FROM t LIMIT 1")
await ask('SELECT ? AS a, typeof(?) AS b, hex(?) AS c', ['\ud800', '\ud800', '\ud800'])
await ask("SELECT CAST(x'ff61' AS TEXT) AS a, CAST(x'c3' AS TEXT) AS b, x'ff61' AS c")
await ask('SELECT ? AS a, ? AS b, ? AS c, ? AS d', [-Infinity, -1e308, 1e-320, 0.1])
await ask('SELECT ? AS a, ? AS b, ? AS c, ? AS d', [2 ** 31, -(2 ** 31), 2 ** 53, 9223372036854775807n])
await ask('SELECT typeof(?) AS a, typeof(?) AS b, typeof(?) AS c, length(CAST(? AS BLOB)) AS d', [
  5,
  5.5,
  2 ** 31,
  'a\0b',
])
await ask("VALUES ('é', 1), (NULL, x'00')")
await ask("WITH x (a) AS (SELECT 'ß' UNION ALL SELECT 2) SELECT a, a AS a FROM x ORDER BY a; -- last")
await run('CREATE TRIGGER r AFTER INSERT ON w BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM t WHERE 0; END;')
await run('CREATE TABLE w (a)')
await run('CREATE TRIGGER r AFTER INSERT ON w BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM t WHERE 0; END;')
await run('DROP TRIGGER r; DROP TABLE w')
await run('INSERT INTO w VALUES (?)', ['é'])
await ask('SELECT * FROM w')
await run("ALTER TABLE w ADD COLUMN b TEXT DEFAULT 'd'")
await ask('SELECT * FROM w')
// The same statement, of a column that has another type now.
await run('CREATE TABLE y (a DECIMAL(20, 6), b BOOLEAN, c INTEGER)')
await run('INSERT INTO y VALUES (1.5, 1, 1)')
await ask('SELECT a, b, c FROM y')
for (const type of ['INTEGER', 'JSON', 'BOOLEAN']) {
  await run('DROP TABLE y')
  await run(`CREATE TABLE y (a ${type}, b ${type}, c ${type})`)
  await run('INSERT INTO y VALUES (1.5, 1, 1)')
  await ask('SELECT a, b, c FROM y')
}
await run('DROP TABLE y')
const scope = await session.begin()
await run('INSERT INTO t (i) VALUES (100)')
await scope.rollback()
await ask('SELECT count(*) AS n FROM t')
const other = await dialect.connection.connect({ purpose: 'inspect', waitMs: 0 })
const writing = await session.begin()
await run('INSERT INTO t (i) VALUES (101)')
const late = await dialect.connection.connect({ purpose: 'run', waitMs: 0 })
await late.execute('INSERT INTO t (i) VALUES (102)').catch((error) => lines.push(['second writer', error.code]))
await other.execute('DELETE FROM t').catch((error) => lines.push(['looking', error.code]))
await writing.commit()
await late.close()
await other.close()
await session.backup(`${file}.copy`)
const copy = await sqliteDialect({ url: `sqlite:${file}.copy` }).connection.connect({ purpose: 'inspect' })
lines.push(['copy', (await copy.query('SELECT count(*) AS n FROM t')).map((row) => show(row.n))])
await copy.close()
// A text with a NUL in it is given whole, or not at all.
const nul = await session.query("SELECT 'a' || char(0) || 'b' AS s").then(
  ([row]) => row.s,
  (error) => error.code,
)
await session.close()
const wide = await (await dialectOn(`${file}.utf16`)).connection.connect({ purpose: 'run' })
await wide.execute("PRAGMA encoding = 'UTF-16le'")
await wide.execute('CREATE TABLE t (s TEXT)')
await wide.execute('INSERT INTO t VALUES (?)', ['é 日 🦊'])
lines.push(['UTF-16', await wide.query('SELECT s, hex(s) AS h FROM t'), await wide.query('PRAGMA encoding')])
await wide.close()
console.log(JSON.stringify({ lines, nul }))
