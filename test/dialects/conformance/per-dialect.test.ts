import {
  bigint,
  boolean,
  expression,
  integer,
  isMigrateError,
  now,
  type OperationRecorder,
  text,
  timestamp,
  varchar,
} from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { modelOf, operationsOf } from '../../../packages/conformance/src/database.ts'
import { compiled } from '../../../packages/conformance/src/operations/outcome.ts'

const dialects = {
  sqlite: await sqliteDialect({ url: ':memory:' }).load(),
  postgres: await postgresDialect({ url: 'postgres://localhost/d' }).load(),
  mariadb: await mysqlDialect({ url: 'mariadb://localhost/d' }).load(),
  mysql: await mysqlDialect({ url: 'mysql://localhost/d' }).load(),
} as const

/** What is expected of every dialect: none can be forgotten. */
export type PerDialect<T> = { readonly [server in keyof typeof dialects]: T }

type Answer = readonly string[] | 'rebuilt' | 'UNSUPPORTED'
type Recorded = (op: OperationRecorder) => void

/** The last operation of `change`, after `given`, as the statements of each dialect without those that only look. */
function answers(given: Recorded, change: Recorded): { readonly [server: string]: Answer } {
  return Object.fromEntries(
    Object.entries(dialects).map(([server, dialect]): readonly [string, Answer] => {
      const before = modelOf(dialect, given)
      const operation = operationsOf(dialect, change).at(-1)
      if (operation === undefined) throw new Error('nothing was recorded')
      try {
        const { statements } = compiled(dialect, before, operation)
        if (statements.some(({ copy }) => copy !== undefined)) return [server, 'rebuilt']
        return [server, statements.flatMap(({ sql, expectEmpty }) => (expectEmpty === undefined ? [sql] : []))]
      } catch (error) {
        if (isMigrateError(error) && error.code === 'UNSUPPORTED') return [server, 'UNSUPPORTED']
        throw error
      }
    }),
  )
}

const none: Recorded = () => undefined
const item: Recorded = (op) =>
  op.createTable('item', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(40))
    t.primaryKey(['id'])
    t.index('item_i', ['id', 'name'])
  })
const plain: Recorded = (op) =>
  op.createTable('plain', (t) => {
    t.column('id', integer())
    t.column('n', integer(), { default: 7 })
  })
const view = expression('SELECT id FROM item')

const rows: readonly (readonly [what: string, given: Recorded, change: Recorded, expected: PerDialect<Answer>])[] = [
  [
    'createTable',
    none,
    (op) =>
      op.createTable('item', (t) => {
        t.column('id', bigint(), { nullable: false })
        t.column('ok', boolean(), { nullable: false, default: true })
        t.column('at', timestamp({ precision: 3 }), { nullable: false, default: now() })
        t.primaryKey(['id'])
        t.check(expression('id > 0'), { name: 'item_id' })
      }),
    {
      sqlite: [
        'CREATE TABLE "item" (\n  "id" BIGINT NOT NULL PRIMARY KEY,\n  "ok" BOOLEAN NOT NULL DEFAULT 1,\n  "at" DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,\n  CONSTRAINT "item_id" CHECK (id > 0)\n)',
      ],
      postgres: [
        'CREATE TABLE "item" (\n  "id" bigint NOT NULL,\n  "ok" boolean DEFAULT TRUE NOT NULL,\n  "at" timestamp(3) without time zone DEFAULT now() NOT NULL,\n  PRIMARY KEY ("id"),\n  CONSTRAINT "item_id" CHECK (id > 0)\n)',
      ],
      mariadb: [
        'CREATE TABLE `item` (\n  `id` bigint NOT NULL,\n  `ok` tinyint(1) NOT NULL DEFAULT 1,\n  `at` datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),\n  PRIMARY KEY (`id`),\n  CONSTRAINT `item_id` CHECK (id > 0)\n) DEFAULT CHARSET=utf8mb4',
      ],
      mysql: [
        'CREATE TABLE `item` (\n  `id` bigint NOT NULL,\n  `ok` tinyint(1) NOT NULL DEFAULT 1,\n  `at` datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),\n  PRIMARY KEY (`id`),\n  CONSTRAINT `item_id` CHECK (id > 0)\n) DEFAULT CHARSET=utf8mb4',
      ],
    },
  ],
  [
    'dropTable',
    item,
    (op) => op.dropTable('item'),
    {
      sqlite: ['DROP TABLE main."item"'],
      postgres: ['DROP TABLE "item"'],
      mariadb: ['DROP TABLE `item`'],
      mysql: ['DROP TABLE `item`'],
    },
  ],
  [
    'renameTable',
    item,
    (op) => op.renameTable('item', 'thing'),
    {
      sqlite: ['ALTER TABLE main."item" RENAME TO "thing"'],
      postgres: ['ALTER TABLE "item" RENAME TO "thing"'],
      mariadb: ['RENAME TABLE `item` TO `thing`'],
      mysql: ['RENAME TABLE `item` TO `thing`'],
    },
  ],
  [
    'addColumn: MySQL takes a default of a text as an expression only',
    item,
    (op) => op.alterTable('item', (t) => t.addColumn('more', text(), { nullable: false, default: "it's" })),
    {
      sqlite: [`ALTER TABLE main."item" ADD COLUMN "more" TEXT NOT NULL DEFAULT 'it''s'`],
      postgres: [`ALTER TABLE "item" ADD COLUMN "more" text DEFAULT 'it''s' NOT NULL`],
      mariadb: ["ALTER TABLE `item` ADD COLUMN `more` longtext NOT NULL DEFAULT 'it''s'"],
      mysql: ["ALTER TABLE `item` ADD COLUMN `more` longtext NOT NULL DEFAULT ('it''s')"],
    },
  ],
  [
    'dropColumn',
    plain,
    (op) => op.alterTable('plain', (t) => t.dropColumn('n')),
    {
      sqlite: ['ALTER TABLE main."plain" DROP COLUMN "n"'],
      postgres: ['ALTER TABLE "plain" DROP COLUMN "n"'],
      mariadb: ['ALTER TABLE `plain` DROP COLUMN `n`'],
      mysql: ['ALTER TABLE `plain` DROP COLUMN `n`'],
    },
  ],
  [
    'renameColumn',
    item,
    (op) => op.alterTable('item', (t) => t.renameColumn('name', 'title')),
    {
      sqlite: ['ALTER TABLE main."item" RENAME COLUMN "name" TO "title"'],
      postgres: ['ALTER TABLE "item" RENAME COLUMN "name" TO "title"'],
      mariadb: ['ALTER TABLE `item` RENAME COLUMN `name` TO `title`'],
      mysql: ['ALTER TABLE `item` RENAME COLUMN `name` TO `title`'],
    },
  ],
  [
    'alterColumn: MySQL says again what stays',
    plain,
    (op) => op.alterTable('plain', (t) => t.alterColumn('n', { nullable: false })),
    {
      sqlite: 'rebuilt',
      postgres: ['ALTER TABLE "plain" ALTER COLUMN "n" SET NOT NULL'],
      mariadb: ['ALTER TABLE `plain` MODIFY COLUMN `n` int NOT NULL DEFAULT 7'],
      mysql: ['ALTER TABLE `plain` MODIFY COLUMN `n` int NOT NULL DEFAULT 7'],
    },
  ],
  [
    'addConstraint',
    plain,
    (op) => op.alterTable('plain', (t) => t.addCheck(expression('id > 0'), { name: 'plain_id' })),
    {
      sqlite: 'rebuilt',
      postgres: ['ALTER TABLE "plain" ADD CONSTRAINT "plain_id" CHECK (id > 0)'],
      mariadb: ['ALTER TABLE `plain` ADD CONSTRAINT `plain_id` CHECK (id > 0)'],
      mysql: ['ALTER TABLE `plain` ADD CONSTRAINT `plain_id` CHECK (id > 0)'],
    },
  ],
  [
    'createIndex',
    item,
    (op) => op.createIndex('item', 'item_j', [{ column: 'id', order: 'desc' }]),
    {
      sqlite: ['CREATE INDEX main."item_j" ON "item" ("id" DESC)'],
      postgres: ['CREATE INDEX "item_j" ON "item" ("id" DESC)'],
      mariadb: ['ALTER TABLE `item` ADD KEY `item_j` (`id` DESC)'],
      mysql: ['ALTER TABLE `item` ADD KEY `item_j` (`id` DESC)'],
    },
  ],
  [
    'createIndex, partial',
    item,
    (op) => op.createIndex('item', 'item_j', ['id'], { where: expression('id > 0') }),
    {
      sqlite: ['CREATE INDEX main."item_j" ON "item" ("id") WHERE id > 0'],
      postgres: ['CREATE INDEX "item_j" ON "item" ("id") WHERE (id > 0)'],
      mariadb: 'UNSUPPORTED',
      mysql: 'UNSUPPORTED',
    },
  ],
  [
    'createIndex, concurrently',
    item,
    (op) => op.createIndex('item', 'item_j', ['id'], { concurrently: true }),
    {
      sqlite: ['CREATE INDEX main."item_j" ON "item" ("id")'],
      postgres: ['CREATE INDEX CONCURRENTLY "item_j" ON "item" ("id")'],
      mariadb: ['ALTER TABLE `item` ADD KEY `item_j` (`id`)'],
      mysql: ['ALTER TABLE `item` ADD KEY `item_j` (`id`)'],
    },
  ],
  [
    'dropIndex',
    item,
    (op) => op.dropIndex('item', 'item_i'),
    {
      sqlite: ['DROP INDEX main."item_i"'],
      postgres: ['DROP INDEX "item_i"'],
      mariadb: ['ALTER TABLE `item` DROP INDEX `item_i`'],
      mysql: ['ALTER TABLE `item` DROP INDEX `item_i`'],
    },
  ],
  [
    'renameIndex',
    item,
    (op) => op.alterTable('item', (t) => t.renameIndex('item_i', 'item_k')),
    {
      sqlite: ['DROP INDEX main."item_i"', 'CREATE INDEX main."item_k" ON "item" ("id", "name")'],
      postgres: ['ALTER INDEX "item_i" RENAME TO "item_k"'],
      mariadb: ['ALTER TABLE `item` RENAME INDEX `item_i` TO `item_k`'],
      mysql: ['ALTER TABLE `item` RENAME INDEX `item_i` TO `item_k`'],
    },
  ],
  [
    'createView',
    item,
    (op) => op.createView('v', view),
    {
      sqlite: ['CREATE VIEW "v" AS SELECT id FROM item'],
      postgres: ['CREATE VIEW "v" AS SELECT id FROM item'],
      mariadb: ['CREATE VIEW `v` AS SELECT id FROM item'],
      mysql: ['CREATE VIEW `v` AS SELECT id FROM item'],
    },
  ],
  [
    'createView, materialised',
    item,
    (op) => op.createView('v', view, { materialized: true }),
    {
      sqlite: 'UNSUPPORTED',
      postgres: ['CREATE MATERIALIZED VIEW "v" AS SELECT id FROM item'],
      mariadb: 'UNSUPPORTED',
      mysql: 'UNSUPPORTED',
    },
  ],
  [
    'setRowSecurity',
    item,
    (op) => op.alterTable('item', (t) => t.rowSecurity({ enabled: true, forced: false })),
    {
      sqlite: 'UNSUPPORTED',
      postgres: ['ALTER TABLE "item" ENABLE ROW LEVEL SECURITY', 'ALTER TABLE "item" NO FORCE ROW LEVEL SECURITY'],
      mariadb: 'UNSUPPORTED',
      mysql: 'UNSUPPORTED',
    },
  ],
  [
    'createPolicy',
    item,
    (op) =>
      op.alterTable('item', (t) =>
        t.createPolicy("it's", { to: ['a b', 'current_user'], for: 'update', withCheck: expression('id > 1') }),
      ),
    {
      sqlite: 'UNSUPPORTED',
      postgres: [`CREATE POLICY "it's" ON "item" FOR UPDATE TO "a b", CURRENT_USER WITH CHECK (id > 1)`],
      mariadb: 'UNSUPPORTED',
      mysql: 'UNSUPPORTED',
    },
  ],
  [
    'createTable, with row security',
    none,
    (op) =>
      op.createTable('hidden', (t) => {
        t.column('id', integer())
        t.rowSecurity({ enabled: true })
      }),
    {
      sqlite: 'UNSUPPORTED',
      postgres: ['CREATE TABLE "hidden" (\n  "id" integer\n)', 'ALTER TABLE "hidden" ENABLE ROW LEVEL SECURITY'],
      mariadb: 'UNSUPPORTED',
      mysql: 'UNSUPPORTED',
    },
  ],
  [
    'createSequence',
    none,
    (op) => op.createSequence('s', { start: '5' }),
    {
      sqlite: 'UNSUPPORTED',
      postgres: ['CREATE SEQUENCE "s" START WITH 5'],
      mariadb: [
        'CREATE SEQUENCE `s` START WITH 5 MINVALUE 1 MAXVALUE 9223372036854775806 INCREMENT BY 1 CACHE 1000 NOCYCLE',
      ],
      mysql: 'UNSUPPORTED',
    },
  ],
  [
    'setComment',
    item,
    (op) => op.alterTable('item', (t) => t.comment("it's")),
    {
      sqlite: 'UNSUPPORTED',
      postgres: [`COMMENT ON TABLE "item" IS 'it''s'`],
      mariadb: ["ALTER TABLE `item` COMMENT = 'it''s'"],
      mysql: ["ALTER TABLE `item` COMMENT = 'it''s'"],
    },
  ],
  [
    'insertRows',
    item,
    (op) => op.insertRows('item', [{ id: 1, name: 'a' }], { key: ['id'] }),
    {
      sqlite: ['INSERT INTO main."item" ("id", "name") VALUES (?, ?)'],
      postgres: ['INSERT INTO "item" ("id", "name") VALUES (?, ?)'],
      mariadb: ['INSERT INTO `item` (`id`, `name`) VALUES (?, ?)'],
      mysql: ['INSERT INTO `item` (`id`, `name`) VALUES (?, ?)'],
    },
  ],
]

test.each(rows)('%s', (_, given, change, expected) => {
  expect(answers(given, change)).toEqual(expected)
})
