import type { TableModel } from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { describeOnEach } from '../../../kit/servers.ts'
import { live } from '../compile/kit.ts'

describeOnEach(['mysql', 'mariadb'], 'the catalog', (createDatabase, flavour) => {
  it('is read as what it means', async () => {
    const db = await createDatabase()
    await db.sql('ALTER DATABASE CHARACTER SET utf8mb4')
    await db.sql('CREATE TABLE p (id int PRIMARY KEY, u varchar(9) UNIQUE)')
    await db.sql(`CREATE TABLE t (
      id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY COMMENT 'it''s \\\\ ü',
      a varchar(20) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'x''y',
      b datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
      c int unsigned DEFAULT 7, d decimal(10,2) DEFAULT 1.5, e enum('a','b''c') NOT NULL DEFAULT 'a',
      g int GENERATED ALWAYS AS (c * 2) STORED, j json, k boolean DEFAULT true,
      m varchar(50) DEFAULT (concat('ä', 1)), n char(36) CHARACTER SET ascii COLLATE ascii_bin, x int,
      KEY ia (a DESC, m(5)), UNIQUE KEY ub (k, c), FULLTEXT KEY ft (m) COMMENT 'words',
      CONSTRAINT named CHECK (x > 1 AND m <> 'ö'),
      CONSTRAINT fk FOREIGN KEY (x) REFERENCES p (id) ON DELETE CASCADE ON UPDATE RESTRICT
    ) COMMENT='about it' AUTO_INCREMENT=77`)
    const { introspect } = await live(db)
    const introspected = (await introspect('t')).tables.get('t')
    const or = <T>(mysql: T, mariadb: T): T => (flavour === 'mysql' ? mysql : mariadb)
    const { source, ...rest } = introspected as TableModel
    expect(source).toMatch(/^CREATE TABLE `t`/)
    // The last column needs no place: it is where an added one comes.
    const positions = rest.columns?.map(({ after }) => after)
    expect(positions).toEqual([null, ...(rest.columns ?? []).slice(0, -2).map(({ name }) => name), undefined])
    expect({ ...rest, columns: rest.columns?.map(({ after: _, ...column }) => column) }).toEqual({
      ref: { name: 't' },
      columns: [
        {
          name: 'id',
          type: { kind: 'integer', bits: 64 },
          nullable: false,
          identity: { mode: 'autoIncrement' },
          comment: "it's \\ ü",
        },
        {
          name: 'a',
          type: { kind: 'varchar', length: 20 },
          nullable: true,
          default: { kind: 'literal', value: "x'y" },
          collation: 'latin1_bin',
        },
        {
          name: 'b',
          type: { kind: 'timestamp', withTimezone: false },
          nullable: false,
          default: { kind: 'now' },
          onUpdate: 'now',
        },
        {
          name: 'c',
          type: { kind: 'native', dialect: 'mysql', sql: 'int unsigned' },
          nullable: true,
          default: { kind: 'literal', value: 7 },
        },
        {
          name: 'd',
          type: { kind: 'decimal', precision: 10, scale: 2 },
          nullable: true,
          default: { kind: 'literal', value: 1.5 },
        },
        {
          name: 'e',
          type: { kind: 'enum', values: ['a', "b'c"] },
          nullable: false,
          default: { kind: 'literal', value: 'a' },
        },
        {
          name: 'g',
          type: { kind: 'integer', bits: 32 },
          nullable: true,
          generated: { expression: or('(`c` * 2)', '`c` * 2'), stored: true },
        },
        { name: 'j', type: { kind: 'json' }, nullable: true },
        { name: 'k', type: { kind: 'boolean' }, nullable: true, default: { kind: 'literal', value: true } },
        {
          name: 'm',
          type: { kind: 'varchar', length: 50 },
          nullable: true,
          default: { kind: 'expression', sql: "concat('ä',1)" },
        },
        { name: 'n', type: { kind: 'uuid' }, nullable: true },
        { name: 'x', type: { kind: 'integer', bits: 32 }, nullable: true },
      ],
      constraints: [
        { kind: 'primaryKey', columns: ['id'] },
        { kind: 'unique', name: 'ub', columns: ['k', 'c'] },
        {
          kind: 'check',
          name: 'named',
          expression: or("(`x` > 1) and (`m` <> 'ö')", "`x` > 1 and `m` <> 'ö'"),
        },
        {
          kind: 'foreignKey',
          name: 'fk',
          columns: ['x'],
          references: { table: { name: 'p' }, columns: ['id'] },
          onDelete: 'cascade',
          // MariaDB's catalog has it for a key that declares nothing.
          ...or({ onUpdate: 'restrict' }, {}),
        },
      ],
      indexes: [
        { name: 'ft', unique: false, elements: [{ column: 'm' }], method: 'fulltext', comment: 'words' },
        {
          name: 'ia',
          unique: false,
          elements: [
            { column: 'a', order: 'desc' },
            { column: 'm', prefixLength: 5 },
          ],
        },
      ],
      hiddenIndexes: [{ name: 'fk', unique: false, elements: [{ column: 'x' }], why: 'foreignKey' }],
      options: {},
      comment: 'about it',
    })
  })

  it('has views, triggers, and tables of another kind', async () => {
    const db = await createDatabase()
    await db.sql('ALTER DATABASE CHARACTER SET utf8mb4')
    await db.sql('CREATE TABLE t (id int PRIMARY KEY, n int)')
    await db.sql('CREATE VIEW v AS SELECT t.id FROM t WHERE n > 3')
    await db.sql("CREATE SQL SECURITY INVOKER VIEW w AS SELECT id, 'ü' AS x FROM t WHERE n > 1 WITH CHECK OPTION")
    await db.sql('CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.n = 1')
    await db.sql('CREATE TABLE h (id int PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 2')
    if (flavour === 'mariadb') {
      await db.sql('CREATE TABLE kept (id int PRIMARY KEY) WITH SYSTEM VERSIONING')
      await db.sql('CREATE SEQUENCE s START WITH 5 INCREMENT BY 2 MAXVALUE 100 CACHE 10 CYCLE')
    }
    const { introspect, dialect } = await live(db)
    const introspected = await introspect()
    const where = flavour === 'mysql' ? '(`t`.`n` > 3)' : '`t`.`n` > 3'
    expect(introspected.views.get('v')).toMatchObject({
      ref: { name: 'v' },
      definition: `select \`t\`.\`id\` AS \`id\` from \`t\` where ${where}`,
    })
    const over = flavour === 'mysql' ? '(`t`.`n` > 1)' : '`t`.`n` > 1'
    expect(introspected.views.get('w')).toMatchObject({
      ref: { name: 'w' },
      definition: `select \`t\`.\`id\` AS \`id\`,'ü' AS \`x\` from \`t\` where ${over}`,
      options: { sql_security: 'invoker', check_option: 'cascaded' },
    })
    expect([...introspected.triggers.values()]).toMatchObject([
      {
        name: 'tr',
        table: { name: 't' },
        definition: 'CREATE TRIGGER `tr` BEFORE INSERT ON `t` FOR EACH ROW SET NEW.n = 1',
      },
    ])
    expect(introspected.tables.get('h')?.options).toEqual({ partitioned: true })
    const table = introspected.tables.get('kept')
    expect(table?.opaque).toBe(flavour === 'mysql' ? undefined : 'versioned')
    expect([...introspected.sequences.values()]).toEqual(
      flavour === 'mysql'
        ? []
        : [{ ref: { name: 's' }, start: '5', increment: '2', maxValue: '100', cache: 10, cycle: true }],
    )
    if (table !== undefined) {
      const column = { name: 'x', type: { kind: 'text' }, nullable: true } as const
      expect(() => dialect.model.apply(introspected, { kind: 'addColumn', table: { name: 'kept' }, column })).toThrow(
        'never altered',
      )
    }
    expect((await introspect('t', 'nowhere', '😀')).tables.size).toBe(1)
  })
})

describeOnEach(['mysql', 'mariadb'], 'the current time as a default', (createDatabase, flavour) => {
  it('without fractions, in a column with them, is an expression where the server stores it so', async () => {
    const db = await createDatabase()
    await db.sql(
      'CREATE TABLE t (id int PRIMARY KEY, a datetime(3) DEFAULT (now()), b datetime(3) DEFAULT CURRENT_TIMESTAMP(3), c datetime(3) DEFAULT (now(2)), d datetime DEFAULT (now()))',
    )
    const { introspect } = await live(db)
    const columns = (await introspect('t')).tables.get('t')?.columns.slice(1)
    const now = { kind: 'now' }
    expect(columns?.map((column) => column.default)).toEqual([
      // MariaDB gives it the digits of its column.
      flavour === 'mysql' ? { kind: 'expression', sql: 'now(0)' } : now,
      now,
      { kind: 'expression', sql: flavour === 'mysql' ? 'now(2)' : 'current_timestamp(2)' },
      now,
    ])
  })
})
