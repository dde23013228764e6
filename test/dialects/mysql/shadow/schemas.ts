import type { Random } from '../../../kit/random.ts'

/*
 * Random schemas, as statements of SQL. Every name is one word that stands nowhere else (`tab_q`, `col_a_q`), so that what a server shows
 * after a rename is what it showed before with that word replaced.
 */

export interface RandomSchema {
  readonly statements: readonly string[]
  /** Columns of `tab_q` beside its key. */
  readonly columns: readonly string[]
  readonly indexes: readonly string[]
  readonly checks: readonly string[]
  readonly keys: readonly string[]
  readonly views: readonly string[]
  readonly triggers: readonly { readonly table: string; readonly name: string }[]
}

export type Flavour = 'mysql' | 'mariadb'

const collations = ['utf8mb4_unicode_ci', 'utf8mb4_bin', 'utf8mb4_general_ci', 'latin1_bin']

/** Definitions by what an index or an expression may do with them. */
function numberColumn(draw: Random, flavour: Flavour): string {
  return draw.pick([
    'int',
    'int NOT NULL DEFAULT 7',
    'int unsigned NOT NULL',
    'int(6) unsigned zerofill DEFAULT 3',
    'bigint DEFAULT -1',
    "smallint COMMENT 'it''s small'",
    'tinyint(1) NOT NULL DEFAULT 1',
    'decimal(12,3) DEFAULT 1.500',
    'double',
    'int INVISIBLE',
    "int NOT NULL DEFAULT 5 COMMENT 'hidden' INVISIBLE",
    'int DEFAULT (1 + 2)',
    ...(flavour === 'mysql'
      ? ['int COLUMN_FORMAT FIXED', 'int /*!80000 STORAGE MEMORY */', 'int DEFAULT (abs(-4)) INVISIBLE']
      : ['int CHECK (`col_n_q` > -100)', 'int UNSIGNED DEFAULT (3 * 2) COMMENT "x"']),
  ])
}

function stringColumn(draw: Random, flavour: Flavour): string {
  const collation = draw.chance(0.6) ? ` COLLATE ${draw.pick(collations)}` : ''
  const charset = collation.includes('latin1') ? ' CHARACTER SET latin1' : ''
  const type = draw.pick(['varchar(40)', 'char(12)', 'varchar(191)', 'tinytext', 'varchar(40)'])
  const fallback =
    type === 'tinytext' ? '' : draw.pick(['', " DEFAULT 'a\\\\b''c'", " NOT NULL DEFAULT ''", ' NOT NULL'])
  const comment = draw.pick(['', ' COMMENT \'said; "so"\'', " COMMENT 'tab_x.col'"])
  const invisible = draw.chance(0.15) && !fallback.endsWith('NOT NULL') ? ' INVISIBLE' : ''
  if (flavour === 'mariadb' && draw.chance(0.2))
    return `${draw.pick(['varchar(300)', 'text'])} COMPRESSED${charset}${collation}${comment}`
  return `${type}${charset}${collation}${fallback}${comment}${invisible}`
}

function otherColumn(draw: Random, flavour: Flavour): string {
  return draw.pick([
    'timestamp(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)',
    'datetime DEFAULT CURRENT_TIMESTAMP',
    'datetime(6) ON UPDATE CURRENT_TIMESTAMP(6)',
    "date DEFAULT '2024-02-29'",
    'time(2)',
    'year',
    "enum('a','b''c','') NOT NULL DEFAULT 'a'",
    "set('x','y') CHARACTER SET latin1",
    'bit(5)',
    "bit(3) DEFAULT b'101'",
    'json',
    'blob',
    "binary(4) DEFAULT 'ab'",
    'varbinary(16)',
    'mediumtext',
    'point',
    ...(flavour === 'mysql'
      ? ['point SRID 4326', 'json DEFAULT (json_array(1))', "text DEFAULT ('t')"]
      : ['inet6', 'uuid DEFAULT uuid()', "text DEFAULT 't'", 'json CHECK (json_length(`col_o_q`) < 9)']),
  ])
}

function generatedColumn(draw: Random): string {
  const expression = draw.pick([
    '`col_n_q` + 1',
    '`col_n_q` * `col_m_q`',
    "concat(`col_s_q`, '-x')",
    'coalesce(`col_n_q`, 0)',
  ])
  const type = expression.startsWith('concat') ? 'varchar(250)' : 'bigint'
  const kind = draw.pick(['VIRTUAL', 'STORED'])
  return `${type} GENERATED ALWAYS AS (${expression}) ${kind}${draw.pick(['', " COMMENT 'computed'", ' INVISIBLE'])}`
}

function indexesOf(draw: Random, flavour: Flavour, strings: string): readonly { name: string; text: string }[] {
  const large = /text/.test(strings)
  const one = large ? '`col_s_q`(5)' : draw.pick(['`col_s_q`', '`col_s_q`(7)', '`col_s_q` DESC'])
  const hidden = flavour === 'mysql' ? 'INVISIBLE' : 'IGNORED'
  const all = [
    { name: 'idx_a_q', text: 'KEY `idx_a_q` (`col_n_q`)' },
    { name: 'idx_b_q', text: 'KEY `idx_b_q` (`col_n_q` DESC, `id_q`)' },
    {
      name: 'idx_c_q',
      text: `KEY \`idx_c_q\` (${/COMPRESSED/.test(strings) ? '`col_n_q`' : one}) COMMENT 'it''s an index'`,
    },
    { name: 'idx_d_q', text: 'UNIQUE KEY `idx_d_q` (`col_n_q`, `id_q`)' },
    { name: 'idx_e_q', text: `KEY \`idx_e_q\` (\`col_m_q\`) ${hidden}` },
    { name: 'idx_f_q', text: 'KEY `idx_f_q` (`col_m_q`, `col_n_q`) USING BTREE KEY_BLOCK_SIZE=4' },
    ...(flavour === 'mysql'
      ? [
          { name: 'idx_g_q', text: 'KEY `idx_g_q` ((`col_n_q` + `col_m_q`))' },
          { name: 'idx_h_q', text: 'UNIQUE KEY `idx_h_q` (`id_q`, (abs(`col_m_q`)) DESC)' },
        ]
      : []),
    ...(/COMPRESSED/.test(strings)
      ? []
      : [
          {
            name: 'idx_i_q',
            text: `FULLTEXT KEY \`idx_i_q\` (\`col_s_q\`)${flavour === 'mysql' && draw.chance(0.5) ? ' WITH PARSER ngram' : ''}`,
          },
        ]),
    { name: 'idx_j_q', text: 'SPATIAL KEY `idx_j_q` (`col_p_q`)' },
  ]
  return draw.sample(all, draw.int(1, 5))
}

const tableOptions = (draw: Random, flavour: Flavour): string =>
  draw
    .sample(
      [
        "COMMENT='it''s a table'",
        'ROW_FORMAT=DYNAMIC',
        'STATS_PERSISTENT=1',
        'AUTO_INCREMENT=77',
        'DEFAULT CHARSET=latin1',
        'COLLATE=utf8mb4_unicode_ci',
        ...(flavour === 'mariadb' ? ['PAGE_COMPRESSED=1'] : ['STATS_SAMPLE_PAGES=9']),
      ],
      draw.int(0, 3),
    )
    .filter((option, _at, all) => !option.startsWith('COLLATE') || !all.some((each) => each.includes('latin1')))
    .join(' ')

function viewsOf(draw: Random): readonly { name: string; text: string }[] {
  const head = () =>
    [
      draw.pick(['', 'ALGORITHM=MERGE', 'ALGORITHM=TEMPTABLE', 'ALGORITHM=UNDEFINED']),
      draw.pick(['', '', 'DEFINER=`some one`@`10.%`']),
      draw.pick(['', 'SQL SECURITY INVOKER', 'SQL SECURITY DEFINER']),
    ].join(' ')
  const option = (top: string) =>
    top.includes('TEMPTABLE') ? '' : draw.pick(['', ' WITH LOCAL CHECK OPTION', ' WITH CASCADED CHECK OPTION'])
  const [first, second, third] = [head(), head(), head()]
  const all = [
    {
      name: 'view_a_q',
      text: `CREATE ${first} VIEW view_a_q AS SELECT id_q, col_n_q, col_s_q FROM tab_q WHERE col_n_q > 0${option(first)}`,
    },
    {
      name: 'view_b_q',
      text: `CREATE ${second} VIEW view_b_q (one_q, two_q) AS SELECT t.id_q, max(col_m_q) FROM tab_q t GROUP BY t.id_q`,
    },
    {
      name: 'view_c_q',
      text: `CREATE ${third} VIEW view_c_q AS SELECT a.id_q, p.id_q AS up_q, 'x' AS col_y FROM tab_q a LEFT JOIN par_q p ON p.id_q = a.col_m_q`,
    },
  ]
  const taken = draw.sample(all, draw.int(1, 3))
  // No view reads one whose definer is not there.
  const onView = taken.some(({ name }) => name === 'view_a_q') && !first.includes('some one') && draw.chance(0.6)
  return [
    ...taken,
    ...(onView
      ? [
          {
            name: 'view_d_q',
            text: `CREATE ${head()} VIEW view_d_q AS SELECT v.id_q, v.col_n_q + 1 AS more_q FROM view_a_q v`,
          },
        ]
      : []),
  ]
}

function triggersOf(draw: Random): readonly { table: string; name: string; text: string }[] {
  const definer = () => draw.pick(['', 'DEFINER=`some one`@`10.%` '])
  const mode = () => draw.pick(['', "SET sql_mode = 'STRICT_TRANS_TABLES';", "SET sql_mode = '';", 'SET NAMES latin1;'])
  const all = [
    {
      table: 'tab_q',
      name: 'trg_a_q',
      text: 'TRIGGER trg_a_q BEFORE INSERT ON tab_q FOR EACH ROW SET NEW.col_m_q = 1',
    },
    {
      table: 'tab_q',
      name: 'trg_b_q',
      text: 'TRIGGER trg_b_q BEFORE INSERT ON tab_q FOR EACH ROW SET NEW.col_m_q = NEW.col_n_q',
    },
    {
      table: 'tab_q',
      name: 'trg_c_q',
      text: "TRIGGER trg_c_q AFTER UPDATE ON tab_q FOR EACH ROW BEGIN DECLARE x int DEFAULT 1; IF NEW.col_m_q > x THEN INSERT INTO log_q VALUES ('b;c', NEW.id_q); END IF; END",
    },
    {
      table: 'tab_q',
      name: 'trg_d_q',
      text: "TRIGGER trg_d_q AFTER DELETE ON tab_q FOR EACH ROW INSERT INTO log_q VALUES ('gone', OLD.id_q)",
    },
    {
      table: 'log_q',
      name: 'trg_e_q',
      text: 'TRIGGER trg_e_q AFTER INSERT ON log_q FOR EACH ROW UPDATE tab_q SET col_m_q = col_m_q + 1 WHERE id_q = NEW.n_q',
    },
  ]
  const taken = draw.sample(all, draw.int(0, 4))
  return taken.map(({ table, name, text }, at) => {
    const other = taken.slice(0, at).find((each) => / BEFORE INSERT ON tab_q /.test(each.text))
    const ordered =
      other !== undefined && / BEFORE INSERT ON tab_q /.test(text)
        ? text.replace('FOR EACH ROW', `FOR EACH ROW ${draw.pick(['FOLLOWS', 'PRECEDES'])} ${other.name}`)
        : text
    return { table, name, text: `${mode()} CREATE ${definer()}${ordered}` }
  })
}

export function randomSchema(draw: Random, flavour: Flavour): RandomSchema {
  const strings = stringColumn(draw, flavour)
  const indexes = indexesOf(draw, flavour, strings)
  const spatial = indexes.some(({ name }) => name === 'idx_j_q')
  const columns: [string, string][] = draw.sample<[string, string]>(
    [
      ['col_n_q', numberColumn(draw, flavour)],
      ['col_m_q', 'int'],
      ['col_s_q', strings],
      ['col_o_q', otherColumn(draw, flavour)],
      ['col_g_q', generatedColumn(draw)],
      ...(spatial ? [['col_p_q', `point NOT NULL${flavour === 'mysql' ? ' SRID 4326' : ''}`] as [string, string]] : []),
    ],
    6,
  )
  const enforced = flavour === 'mysql' && draw.chance(0.5) ? ' NOT ENFORCED' : ''
  const checks = draw.sample(
    [
      { name: 'chk_a_q', text: `CONSTRAINT chk_a_q CHECK (\`col_n_q\` > \`col_m_q\`)${enforced}` },
      { name: 'chk_b_q', text: "CONSTRAINT chk_b_q CHECK (`col_s_q` <> 'it''s')" },
    ],
    draw.int(0, 2),
  )
  const reference = draw.pick([
    '',
    ' ON DELETE CASCADE',
    ' ON DELETE SET NULL ON UPDATE CASCADE',
    ' ON UPDATE RESTRICT',
  ])
  // MySQL refuses a key with an action over what a stored generated column reads (1215).
  const keys =
    draw.chance(0.5) && !columns.some(([, text]) => /col_m_q.*STORED/.test(text))
      ? [{ name: 'fk_a_q', text: `CONSTRAINT fk_a_q FOREIGN KEY (\`col_m_q\`) REFERENCES par_q (id_q)${reference}` }]
      : []
  // A check over a column that the foreign key sets is refused (3823).
  const usable = keys.length > 0 && reference !== '' ? checks.filter(({ name }) => name !== 'chk_a_q') : checks
  const id = draw.pick([
    '`id_q` int NOT NULL AUTO_INCREMENT',
    '`id_q` int NOT NULL',
    '`id_q` int unsigned NOT NULL AUTO_INCREMENT',
  ])
  // MySQL wants a generated column behind those that it reads where they have an expression themselves.
  const ordered = [...columns].sort(([a], [b]) => Number(a === 'col_g_q') - Number(b === 'col_g_q'))
  const definitions = ordered.map(([name, text]) => `\`${name}\` ${text}`)
  const at = draw.pick([0, 0, draw.int(0, columns.length)])
  const triggers = triggersOf(draw)
  const views = viewsOf(draw)
  const items = [
    ...definitions.slice(0, at),
    id,
    ...definitions.slice(at),
    'PRIMARY KEY (`id_q`)',
    ...indexes.map(({ text }) => text),
    ...usable.map(({ text }) => text),
    ...keys.map(({ text }) => text),
  ]
  return {
    statements: [
      "CREATE TABLE par_q (id_q int PRIMARY KEY, up_q int, KEY (up_q)) COMMENT='parents'",
      `CREATE TABLE tab_q (${items.join(', ')}) ${tableOptions(draw, flavour)}`,
      'CREATE TABLE log_q (what_q varchar(20), n_q int)',
      ...views.map(({ text }) => text),
      ...triggers.map(({ text }) => text),
    ],
    columns: columns.map(([name]) => name),
    indexes: indexes.map(({ name }) => name),
    checks: usable.map(({ name }) => name),
    keys: keys.map(({ name }) => name),
    views: views.map(({ name }) => name),
    triggers,
  }
}
