import {
  bigint,
  createMigrator,
  graphOf,
  integer,
  isMigrateError,
  type MigrateError,
  type MigratorOptions,
  type OperationRecorder,
  type RunOptions,
  revisions,
  text,
  varchar,
} from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { mysqlDriver, postgresDriver } from '../../kit/drivers.ts'
import { isPostgres } from './picture.ts'

/** Not right twice. */
const count = (op: OperationRecorder, label: string, table = 't'): void =>
  op.run(label, {
    up: async (db) => {
      await db.execute(`UPDATE "${table}" SET "n" = "n" + 1`)
      await db.execute(`INSERT INTO "log" ("what", "n") SELECT ?, SUM("n") FROM "${table}"`, [label])
    },
    down: 'none',
  })

/** Small, and wrong as soon as any part of it runs twice, not at all, or half. */
const chain = revisions([
  {
    revision: 'r1',
    downRevision: null,
    upgrade(op) {
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('n', integer())
        t.column('old', varchar(20))
        t.primaryKey(['id'])
      })
      op.createTable('log', (t) => {
        t.column('what', varchar(40))
        t.column('n', bigint())
      })
      op.insertRows(
        't',
        [1, 2, 3].map((id) => ({ id, n: id * 10, old: `v${id}` })),
        { key: ['id'] },
      )
    },
  },
  {
    revision: 'r2',
    downRevision: 'r1',
    upgrade(op) {
      count(op, 'before')
      op.alterTable('t', (t) => t.addColumn('more', varchar(30), { default: 'none' }))
      count(op, 'between')
      op.createIndex('t', 't_more', ['more', 'n'], { concurrently: true })
      op.createTable('child', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('t_id', integer())
        t.primaryKey(['id'])
        t.foreignKey({ columns: ['t_id'], references: { table: 't', columns: ['id'] }, onDelete: 'cascade' })
      })
      count(op, 'after')
    },
  },
  {
    revision: 'r3',
    downRevision: 'r2',
    upgrade(op) {
      op.insertRows('child', [{ id: 7, t_id: 1 }], { key: ['id'] })
      op.alterTable('t', (t) => t.dropColumn('old'))
      op.dropIndex('t', 't_more')
      op.alterTable('t', (t) => t.alterColumn('more', { type: text(), default: null }))
      op.renameTable('t', 'renamed')
      count(op, 'renamed', 'renamed')
    },
  },
])

export interface Outcome {
  readonly applied?: readonly string[]
  readonly error?: MigrateError
}

export interface DialectOptions {
  readonly unansweredMs?: number
}

export function dialectAt(url: string, options: DialectOptions = {}): UnloadedDialect {
  return isPostgres(url)
    ? postgresDialect({ ...postgresDriver, ...options, url })
    : mysqlDialect({ ...mysqlDriver, ...options, url })
}

export interface RunAt extends Partial<MigratorOptions>, DialectOptions {
  readonly target?: string
  readonly run?: RunOptions
  readonly revisions?: typeof chain
}

/** An upgrade at this URL, and what became of it. An error that is none of ours is thrown. */
export async function upgradeAt(
  url: string,
  { target, run, revisions: own = chain, ...options }: RunAt = {},
): Promise<Outcome> {
  const { unansweredMs, ...forMigrator } = options
  const forDialect = unansweredMs === undefined ? {} : { unansweredMs }
  const migrator = createMigrator({
    transaction: 'revision',
    waitMs: 20_000,
    ...forMigrator,
    dialect: options.dialect ?? dialectAt(url, forDialect),
    tiers: [graphOf(own)],
  })
  try {
    return { applied: (await migrator.upgrade(target ?? 'head', run)).applied }
  } catch (error) {
    if (!isMigrateError(error)) throw error
    return { error }
  }
}
