import type { ColumnChange } from '@org/migrate-core/dialect'
import { afterAll, expect, it } from 'vitest'
import { describeOnDialects, type ServerName } from '../../../kit/servers.ts'
import { live } from './kit.ts'

/** What the server shows of an attribute before a change of it and after; a text is the same on both flavours. */
type Shown = string | { readonly mysql: string; readonly mariadb: string }

interface Attribute {
  /** As SHOW CREATE TABLE has it, to the letter; in the order of the family it makes the definition. */
  readonly shown: Shown
  /** Changes of it, and what stands in its place then (`''`: it is gone). */
  readonly changes: readonly { readonly change: ColumnChange; readonly after: Shown }[]
}

interface Family {
  readonly only?: 'mysql' | 'mariadb'
  readonly attributes: { readonly [name: string]: Attribute }
  /** What the table has besides. */
  readonly items?: string
}

const now = { kind: 'now' } as const
const sql = (text: string) => ({ kind: 'expression', sql: text }) as const
const literal = (value: string | number | boolean) => ({ kind: 'literal', value }) as const
const native = (sql: string) => ({ kind: 'native', dialect: 'mysql', sql }) as const

const comment: Attribute = {
  shown: "COMMENT 'it''s \\\\ \\n \"q\" ?'",
  changes: [
    { change: { comment: 'other' }, after: "COMMENT 'other'" },
    { change: { comment: null }, after: '' },
  ],
}
const invisible: Attribute = { shown: { mysql: '/*!80023 INVISIBLE */', mariadb: 'INVISIBLE' }, changes: [] }
const notNull: Attribute = { shown: 'NOT NULL', changes: [{ change: { nullable: true }, after: '' }] }

const families: { readonly [name: string]: Family } = {
  'a time stamp of MySQL': {
    only: 'mysql',
    attributes: {
      type: { shown: 'timestamp(6)', changes: [] },
      nullable: { shown: 'NOT NULL', changes: [{ change: { nullable: true }, after: 'NULL' }] },
      default: {
        shown: 'DEFAULT CURRENT_TIMESTAMP(6)',
        changes: [
          { change: { default: literal('2020-01-02 03:04:05') }, after: "DEFAULT '2020-01-02 03:04:05.000000'" },
        ],
      },
      onUpdate: { shown: 'ON UPDATE CURRENT_TIMESTAMP(6)', changes: [{ change: { onUpdate: null }, after: '' }] },
      invisible,
      comment,
    },
  },
  'a date and time of MySQL': {
    only: 'mysql',
    attributes: {
      type: { shown: 'datetime(3)', changes: [] },
      nullable: notNull,
      default: {
        shown: "DEFAULT '2020-01-02 03:04:05.000'",
        changes: [
          { change: { default: now }, after: 'DEFAULT CURRENT_TIMESTAMP(3)' },
          { change: { default: sql('CURRENT_TIMESTAMP') }, after: 'DEFAULT CURRENT_TIMESTAMP(3)' },
          { change: { default: sql('NOW(3)') }, after: 'DEFAULT CURRENT_TIMESTAMP(3)' },
          { change: { default: sql('NOW(1)') }, after: 'DEFAULT (now(1))' },
          { change: { default: null }, after: '' },
        ],
      },
      onUpdate: { shown: 'ON UPDATE CURRENT_TIMESTAMP(3)', changes: [{ change: { onUpdate: null }, after: '' }] },
      invisible,
      comment,
    },
  },
  'a time stamp of MariaDB': {
    only: 'mariadb',
    attributes: {
      type: { shown: 'timestamp(6)', changes: [] },
      nullable: { shown: 'NOT NULL', changes: [{ change: { nullable: true }, after: 'NULL' }] },
      invisible,
      default: {
        shown: 'DEFAULT current_timestamp(6)',
        changes: [
          { change: { default: literal('2020-01-02 03:04:05') }, after: "DEFAULT '2020-01-02 03:04:05.000000'" },
        ],
      },
      onUpdate: { shown: 'ON UPDATE current_timestamp(6)', changes: [{ change: { onUpdate: null }, after: '' }] },
      comment,
      check: { shown: "CHECK (`c` > '2001-01-01')", changes: [] },
    },
  },
  'a text with a character set': {
    only: 'mysql',
    attributes: {
      type: {
        shown: 'varchar(20)',
        changes: [{ change: { type: { kind: 'varchar', length: 40 } }, after: 'varchar(40)' }],
      },
      charset: { shown: 'CHARACTER SET latin1', changes: [] },
      collation: {
        shown: 'COLLATE latin1_general_cs',
        changes: [{ change: { collation: 'latin1_bin' }, after: 'COLLATE latin1_bin' }],
      },
      nullable: notNull,
      format: { shown: '/*!50606 COLUMN_FORMAT DYNAMIC */', changes: [] },
      default: {
        shown: "DEFAULT 'a''b\\\\c'",
        changes: [
          { change: { default: literal("it's") }, after: "DEFAULT 'it''s'" },
          { change: { default: null }, after: '' },
        ],
      },
      comment,
    },
  },
  'a text of MariaDB': {
    only: 'mariadb',
    attributes: {
      type: {
        shown: 'varchar(20) /*M!100301 COMPRESSED*/',
        changes: [
          { change: { type: { kind: 'varchar', length: 40 } }, after: 'varchar(40)' },
          {
            change: { type: { kind: 'native', dialect: 'mysql', sql: 'varchar(40) COMPRESSED' } },
            after: 'varchar(40) /*M!100301 COMPRESSED*/',
          },
        ],
      },
      charset: { shown: 'CHARACTER SET latin2', changes: [] },
      collation: {
        shown: 'COLLATE latin2_bin',
        changes: [{ change: { collation: 'latin2_croatian_ci' }, after: 'COLLATE latin2_croatian_ci' }],
      },
      nullable: notNull,
      invisible,
      default: {
        shown: "DEFAULT concat('a',rand())",
        changes: [{ change: { default: literal("it's") }, after: "DEFAULT 'it''s'" }],
      },
      comment,
      check: { shown: "CHECK (octet_length(`c`) > 1 and `c` <> ')')", changes: [] },
    },
  },
  'a number that counts': {
    attributes: {
      type: {
        shown: { mysql: 'bigint unsigned', mariadb: 'bigint(20) unsigned' },
        changes: [
          { change: { type: native('int unsigned') }, after: { mysql: 'int unsigned', mariadb: 'int(10) unsigned' } },
        ],
      },
      nullable: { shown: 'NOT NULL', changes: [] },
      identity: { shown: 'AUTO_INCREMENT', changes: [{ change: { identity: null }, after: '' }] },
      comment,
    },
    items: ', KEY `k` (`c`)',
  },
  'a number with zeros before it': {
    attributes: {
      type: {
        shown: 'int(10) unsigned zerofill',
        changes: [{ change: { type: { kind: 'decimal', precision: 12, scale: 2 } }, after: 'decimal(12,2)' }],
      },
      nullable: notNull,
      comment,
    },
  },
  'a number': {
    attributes: {
      type: {
        shown: { mysql: 'smallint unsigned', mariadb: 'smallint(5) unsigned' },
        changes: [
          { change: { type: { kind: 'integer', bits: 64 } }, after: { mysql: 'bigint', mariadb: 'bigint(20)' } },
          {
            change: { native: { sqlite: 'x', postgres: 'y', mysql: 'mediumint unsigned' } },
            after: { mysql: 'mediumint unsigned', mariadb: 'mediumint(8) unsigned' },
          },
        ],
      },
      nullable: notNull,
      default: {
        shown: { mysql: "DEFAULT '5'", mariadb: 'DEFAULT 5' },
        changes: [
          { change: { default: null }, after: '' },
          { change: { default: literal(7) }, after: { mysql: "DEFAULT '7'", mariadb: 'DEFAULT 7' } },
        ],
      },
      comment,
    },
  },
  'a computed column of MySQL': {
    only: 'mysql',
    attributes: {
      type: {
        shown: 'varchar(30)',
        changes: [{ change: { type: { kind: 'varchar', length: 50 } }, after: 'varchar(50)' }],
      },
      charset: { shown: 'CHARACTER SET utf8mb4', changes: [] },
      collation: {
        shown: 'COLLATE utf8mb4_bin',
        changes: [{ change: { collation: 'utf8mb4_0900_as_cs' }, after: 'COLLATE utf8mb4_0900_as_cs' }],
      },
      generated: {
        shown: "GENERATED ALWAYS AS (concat(`a`,_utf8mb4'x, ( \\' ) y')) STORED",
        changes: [
          {
            change: { generated: { expression: 'upper(`a`)', stored: true } },
            after: 'GENERATED ALWAYS AS (upper(`a`)) STORED',
          },
        ],
      },
      nullable: notNull,
      invisible,
      comment,
    },
  },
  'a computed column of MariaDB': {
    only: 'mariadb',
    attributes: {
      type: {
        shown: 'varchar(30)',
        changes: [{ change: { type: { kind: 'varchar', length: 50 } }, after: 'varchar(50)' }],
      },
      charset: { shown: 'CHARACTER SET latin2', changes: [] },
      collation: { shown: 'COLLATE latin2_bin', changes: [] },
      generated: {
        shown: "GENERATED ALWAYS AS (concat(`a`,'x, ( \\' ) y')) STORED",
        changes: [
          {
            change: { generated: { expression: 'ucase(`a`)', stored: true } },
            after: 'GENERATED ALWAYS AS (ucase(`a`)) STORED',
          },
        ],
      },
      comment,
    },
  },
  'a place on the map': {
    only: 'mysql',
    attributes: {
      type: { shown: 'geometry', changes: [{ change: { type: native('point') }, after: 'point' }] },
      nullable: notNull,
      srid: { shown: '/*!80003 SRID 4326 */', changes: [] },
      comment,
    },
  },
  'a list of values': {
    attributes: {
      type: {
        shown: "enum('a','b''c','d,e')",
        changes: [
          { change: { type: { kind: 'enum', values: ['a', "b'c", 'd,e', '('] } }, after: "enum('a','b''c','d,e','(')" },
        ],
      },
      nullable: notNull,
      default: { shown: "DEFAULT 'd,e'", changes: [{ change: { default: literal('a') }, after: "DEFAULT 'a'" }] },
      comment,
    },
  },
  'a JSON column of MariaDB': {
    only: 'mariadb',
    attributes: {
      type: { shown: 'longtext', changes: [] },
      charset: { shown: 'CHARACTER SET utf8mb4', changes: [] },
      collation: { shown: 'COLLATE utf8mb4_bin', changes: [] },
      nullable: notNull,
      default: { shown: "DEFAULT '{}'", changes: [{ change: { default: literal('[]') }, after: "DEFAULT '[]'" }] },
      comment,
      check: { shown: 'CHECK (json_valid(`c`))', changes: [] },
    },
  },
  'a JSON column of MySQL': {
    only: 'mysql',
    attributes: {
      type: { shown: 'json', changes: [] },
      nullable: notNull,
      default: {
        shown: "DEFAULT (_utf8mb4'{}')",
        changes: [{ change: { default: literal('[]') }, after: "DEFAULT (_utf8mb4'[]')" }],
      },
      invisible,
      comment,
    },
  },
}

/** As MariaDB 10.11 shows it: 11.8 puts INVISIBLE behind the default, and says that a time is one. */
const as1011 = (shown: string): string =>
  shown
    .replace(
      /( DEFAULT .*?)?( ON UPDATE \S+)? INVISIBLE(?= COMMENT| CHECK|,?\n)/,
      (_, value = '', update = '') => ` INVISIBLE${value}${update}`,
    )
    .replace(/TIMESTAMP\/\*WITH LOCAL TIME ZONE\*\/('[\d-]+) 00:00:00[.0]*'/, "$1'")

let pairs = 0
const counts = new Map<ServerName, number>()

describeOnDialects(
  ['mysql', 'mariadb'],
  'a change of one attribute of a column keeps every other',
  (createDatabase, name) => {
    const server = name as 'mysql' | 'mariadb'
    const text = (shown: Shown): string => (typeof shown === 'string' ? shown : shown[server])

    for (const [title, { only, attributes, items = '' }] of Object.entries(families)) {
      if (only !== undefined && only !== server) continue
      it(title, async () => {
        const { db, run, shown } = await live(await createDatabase())
        await db.sql('ALTER DATABASE CHARACTER SET utf8mb4')
        const parts = Object.entries(attributes).map(([attribute, each]) => ({
          attribute,
          ...each,
          keywords: text(each.shown),
        }))
        const definition = parts
          .map(({ keywords }) => keywords)
          .filter((keywords) => keywords !== '')
          .join(' ')
        const create = `CREATE TABLE \`t\` (\`a\` varchar(20), \`c\` ${definition}${items}, \`z\` int)`
        for (const { attribute, changes, keywords } of parts) {
          for (const { change, after } of changes) {
            await db.sql('DROP TABLE IF EXISTS t')
            await db.sql(create)
            const before = await shown('t')
            expect(as1011(before)).toContain(`\`c\` ${definition}`)
            await run(['t'], { kind: 'alterColumn', table: { name: 't' }, column: 'c', change })
            // What is gone leaves its space behind; a nullable column shows DEFAULT NULL where nothing else is said.
            const changed = definition
              .replace(keywords, () => text(after))
              .replace(/ {2,}/, ' ')
              .trim()
            const rest = (shownText: string): string => shownText.replace(/`c` .*/, '')
            const now = await shown('t')
            const line = /`c` (.*?),?\n/.exec(as1011(now))?.[1]?.replace(/ DEFAULT NULL/, '')
            expect(line, `${attribute}: ${JSON.stringify(change)}`).toBe(changed)
            expect(rest(now)).toBe(rest(before))
            const unchanged = parts.filter((part) => part.attribute !== attribute && part.keywords !== '').length
            pairs += unchanged
            counts.set(name, (counts.get(name) ?? 0) + unchanged)
          }
        }
      })
    }

    afterAll(() => {
      console.log(`${name}: ${counts.get(name)} pairs of attributes, ${pairs} in all`)
    })
  },
)
