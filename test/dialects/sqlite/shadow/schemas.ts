import type { Random } from '../../../kit/random.ts'

/*
 * Random schemas of SQLite, as statements. Every name is one word that stands nowhere else (`tab_q`, `col_a_q`), so that what is kept
 * after a rename is what was kept before with that word replaced. Each item of a table is a line of its own.
 */

export interface RandomSchema {
  readonly statements: readonly string[]
  readonly rows: readonly string[]
  /** Columns of `tab_q` beside its key. */
  readonly columns: readonly string[]
  readonly indexes: readonly string[]
  readonly constraints: readonly string[]
  readonly countsUp: boolean
  readonly views: readonly string[]
  readonly triggers: readonly { readonly table: string; readonly name: string }[]
}

const conflict = (draw: Random): string =>
  draw.chance(0.35) ? ` ON CONFLICT ${draw.pick(['ROLLBACK', 'ABORT', 'FAIL', 'IGNORE', 'REPLACE'])}` : ''

function keyColumn(draw: Random, withoutRowid: boolean): string {
  if (withoutRowid)
    return draw.pick(['id_q INTEGER PRIMARY KEY', 'id_q INTEGER NOT NULL PRIMARY KEY', 'id_q INTEGER PRIMARY KEY DESC'])
  return draw.pick([
    'id_q INTEGER PRIMARY KEY',
    'id_q INTEGER PRIMARY KEY AUTOINCREMENT',
    `id_q INTEGER PRIMARY KEY${conflict(draw)} AUTOINCREMENT NOT NULL`,
    'id_q INTEGER PRIMARY KEY DESC',
    `id_q INTEGER NOT NULL PRIMARY KEY${conflict(draw)}`,
  ])
}

function column(draw: Random, name: string, type: string): string {
  return [
    name,
    type,
    ...(draw.chance(0.25) ? [`NOT NULL${conflict(draw)} DEFAULT ${draw.pick(['5', "'d;'", '(1 + 2)'])}`] : []),
    ...(draw.chance(0.25) ? [`COLLATE ${draw.pick(['NOCASE', 'RTRIM', 'BINARY'])}`] : []),
    ...(draw.chance(0.12) ? [`UNIQUE${conflict(draw)}`] : []),
    ...(draw.chance(0.15) ? [`CHECK (${name} <> 'never')`] : []),
    ...(draw.chance(0.1) ? [`/* about ${name.slice(0, 3)}, it's */`] : []),
  ].join(' ')
}

function viewsOf(draw: Random): readonly { name: string; text: string }[] {
  const all = [
    {
      name: 'view_a_q',
      text: 'CREATE VIEW view_a_q AS SELECT id_q, col_a_q, col_b_q FROM tab_q /* kept */ WHERE col_a_q > 0',
    },
    {
      name: 'view_b_q',
      text: 'CREATE VIEW view_b_q(one_q, two_q) AS SELECT t.id_q, max(t.col_b_q) FROM tab_q AS t GROUP BY 1',
    },
    { name: 'view_c_q', text: "CREATE VIEW view_c_q AS SELECT *, 'tab' AS what_q FROM tab_q" },
    {
      name: 'view_d_q',
      text: 'CREATE VIEW view_d_q AS WITH x AS (SELECT id_q FROM par_q) SELECT x.id_q, c.col_c_q FROM x LEFT JOIN tab_q c ON c.id_q = x.id_q',
    },
  ]
  const taken = draw.sample(all, draw.int(0, 3))
  const onView = taken.some(({ name }) => name === 'view_a_q') && draw.chance(0.5)
  return [
    ...taken,
    ...(onView
      ? [{ name: 'view_e_q', text: 'CREATE VIEW view_e_q AS SELECT v.id_q, v.col_a_q AS other_q FROM view_a_q v' }]
      : []),
  ]
}

function triggersOf(draw: Random, views: readonly { name: string }[]) {
  const all = [
    {
      table: 'tab_q',
      name: 'trg_a_q',
      text: "CREATE TRIGGER trg_a_q AFTER INSERT ON tab_q BEGIN INSERT INTO log_q VALUES ('new;', new.id_q); END",
    },
    {
      table: 'tab_q',
      name: 'trg_b_q',
      text: "CREATE TRIGGER trg_b_q BEFORE UPDATE OF col_a_q ON tab_q FOR EACH ROW WHEN old.col_a_q IS NOT new.col_a_q BEGIN INSERT INTO log_q SELECT 'up', id_q FROM tab_q WHERE col_b_q = new.col_b_q; END",
    },
    {
      table: 'log_q',
      name: 'trg_c_q',
      text: 'CREATE TRIGGER trg_c_q AFTER DELETE ON log_q BEGIN UPDATE tab_q SET col_c_q = old.n_q WHERE id_q = old.n_q; END',
    },
    ...(views.some(({ name }) => name === 'view_a_q')
      ? [
          {
            table: 'view_a_q',
            name: 'trg_d_q',
            text: 'CREATE TRIGGER trg_d_q INSTEAD OF INSERT ON view_a_q BEGIN INSERT INTO tab_q (col_a_q) VALUES (new.col_a_q); END',
          },
        ]
      : []),
  ]
  return draw.sample(all, draw.int(0, 3))
}

export function randomSchema(draw: Random): RandomSchema {
  const withoutRowid = draw.chance(0.25)
  const strict = draw.chance(0.25)
  const types = strict
    ? ['INTEGER', 'TEXT', 'REAL', 'ANY']
    : ['INTEGER', 'TEXT', 'VARCHAR(9)', 'NUMERIC', 'DATETIME', '']
  const stored = draw.pick(['STORED', 'VIRTUAL', ''])
  const columns: [string, string][] = [
    ['col_a_q', column(draw, 'col_a_q', draw.pick(types))],
    ['col_b_q', column(draw, 'col_b_q', draw.pick(types))],
    ['col_c_q', column(draw, 'col_c_q', draw.pick(types))],
    ...draw.sample<[string, string]>(
      [
        ['col_d_q', `"col_d_q" ${strict ? 'TEXT' : 'TEXT(40)'} DEFAULT CURRENT_TIMESTAMP`],
        ['col_e_q', `[col_e_q] ${strict ? 'BLOB' : 'BLOB'} DEFAULT x'00ff'`],
        [
          'col_g_q',
          `col_g_q ${strict ? 'ANY' : 'INT'} ${draw.pick(['', 'GENERATED ALWAYS '])}AS (col_a_q || '-') ${stored}`.trimEnd(),
        ],
        ['col_r_q', `col_r_q INTEGER REFERENCES par_q (id_q) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED`],
      ],
      draw.int(0, 3),
    ),
  ]
  const constraints = draw.sample(
    [
      { name: 'uni_q', text: `CONSTRAINT uni_q UNIQUE (col_a_q, col_b_q)${conflict(draw)}` },
      { name: 'dsc_q', text: `CONSTRAINT dsc_q UNIQUE (col_b_q COLLATE NOCASE DESC)${conflict(draw)}` },
      {
        name: 'chk_q',
        text: `CONSTRAINT chk_q CHECK (col_a_q IS NOT 'a;b')${draw.chance(0.3) ? ' ON CONFLICT IGNORE' : ''}`,
      },
      { name: 'fkey_q', text: 'CONSTRAINT fkey_q FOREIGN KEY (col_c_q) REFERENCES par_q ON UPDATE CASCADE' },
    ],
    draw.int(0, 3),
  )
  const indexes = draw.sample(
    [
      { name: 'idx_a_q', text: 'CREATE INDEX idx_a_q ON tab_q (col_a_q DESC)' },
      { name: 'idx_b_q', text: 'CREATE UNIQUE INDEX idx_b_q ON tab_q (col_a_q, id_q) WHERE col_a_q IS NOT NULL' },
      { name: 'idx_c_q', text: "CREATE INDEX idx_c_q ON tab_q (lower(col_b_q) || 'x;', col_a_q COLLATE NOCASE DESC)" },
      { name: 'idx_d_q', text: 'CREATE INDEX "idx_d_q" ON "tab_q"("col_c_q" /* last */)' },
    ],
    draw.int(0, 4),
  )
  const views = viewsOf(draw)
  const triggers = triggersOf(draw, views)
  const options = [...(strict ? ['STRICT'] : []), ...(withoutRowid ? ['WITHOUT ROWID'] : [])].join(', ')
  const key = keyColumn(draw, withoutRowid)
  const items = [key, ...columns.map(([, text]) => text), ...constraints.map(({ text }) => text)]
  return {
    statements: [
      'CREATE TABLE par_q (id_q INTEGER PRIMARY KEY, up_q INTEGER REFERENCES par_q)',
      'CREATE TABLE log_q (what_q, n_q)',
      `CREATE TABLE tab_q (\n  ${items.join(',\n  ')}\n)${options}`,
      ...indexes.map(({ text }) => text),
      ...views.map(({ text }) => text),
      ...triggers.map(({ text }) => text),
    ],
    rows: [
      'INSERT INTO par_q (id_q) VALUES (1), (2)',
      'INSERT OR IGNORE INTO tab_q (id_q, col_a_q, col_b_q, col_c_q) VALUES (3, 1, 2, 1)',
      'INSERT OR IGNORE INTO tab_q (id_q, col_a_q, col_b_q, col_c_q) VALUES (9, 4, 5, 2)',
      ...(key.includes('AUTOINCREMENT') ? ["UPDATE sqlite_sequence SET seq = 90 WHERE name = 'tab_q'"] : []),
    ],
    columns: columns.map(([name]) => name),
    indexes: indexes.map(({ name }) => name),
    countsUp: key.includes('AUTOINCREMENT'),
    constraints: constraints.map(({ name }) => name),
    views: views.map(({ name }) => name),
    triggers: triggers.map(({ table, name }) => ({ table, name })),
  }
}
