import {
  column,
  createMigrator,
  graphOf,
  integer,
  type OperationRecorder,
  revisions,
  table,
  text,
  varchar,
} from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'

export const membersTable = 'fleet_members'
export const runsTable = 'fleet_runs'
export const templatesTable = 'fleet_templates'

const required = { nullable: false } as const

const members = table(
  membersTable,
  {
    id: column(varchar(255), required),
    outcome: column(varchar(16), required),
    heads: column(text(), required),
    stage: column(varchar(255), required),
    run: column(varchar(36), required),
    attempts: column(integer(), required),
    finished_at: column(varchar(30), required),
    duration_ms: column(integer(), required),
    code: column(varchar(64)),
    message: column(text()),
  },
  { primaryKey: ['id'] },
)

const runs = table(
  runsTable,
  {
    run: column(varchar(36), required),
    direction: column(varchar(8), required),
    target: column(varchar(255)),
    release: column(varchar(64), required),
    started_at: column(varchar(30), required),
    updated_at: column(varchar(30), required),
    finished_at: column(varchar(30)),
    stopped: column(varchar(16)),
    stages: column(text(), required),
  },
  { primaryKey: ['run'] },
)

const templates = table(
  templatesTable,
  {
    id: column(varchar(255), required),
    text: column(text(), required),
    missing: column(text(), required),
  },
  { primaryKey: ['id'] },
)

const history = [
  {
    revision: 'f1ee70000001',
    downRevision: null,
    message: 'outcomes of members',
    upgrade: (op: OperationRecorder): void => op.createTable(members),
  },
  {
    revision: 'f1ee70000002',
    downRevision: 'f1ee70000001',
    message: 'runs and their progress',
    upgrade: (op: OperationRecorder): void => op.createTable(runs),
  },
  {
    revision: 'f1ee70000003',
    downRevision: 'f1ee70000002',
    message: 'templates of new members',
    upgrade: (op: OperationRecorder): void => op.createTable(templates),
  },
  {
    revision: 'f1ee70000004',
    downRevision: 'f1ee70000003',
    message: 'ids that differ only in case or accents',
    // MySQL's own collations take them for one: https://dev.mysql.com/doc/refman/8.4/en/charset-collation-effect.html
    upgrade: (op: OperationRecorder): void =>
      op.alterColumn(membersTable, 'id', { native: { mysql: 'varchar(255) COLLATE utf8mb4_0900_bin' } }),
  },
  {
    revision: 'f1ee70000005',
    downRevision: 'f1ee70000004',
    message: 'what ran in members, and did to their rows',
    upgrade: (op: OperationRecorder): void => op.addColumn(membersTable, 'changes', text()),
  },
]

/** The state may be kept in a database that has a history of its own. */
const ownTables = {
  version: 'fleet_version',
  history: 'fleet_history',
  preserved: 'fleet_preserved',
  journal: 'fleet_journal',
  lock: 'fleet_lock',
}

/** Brings the state's own tables to their newest form. */
export async function upgradeState(dialect: UnloadedDialect): Promise<void> {
  await createMigrator({ dialect, tiers: [graphOf(revisions(history))], tables: ownTables }).upgrade()
}

/** How many revisions of the state make what is read of it. */
export const revisionsOf = { [membersTable]: 1, [runsTable]: 2, [templatesTable]: 3, changes: 5 } as const

/** How many revisions the state has: none is made by reading it, and another version of the packages may have written it. */
export async function stateRevisions(dialect: UnloadedDialect): Promise<number> {
  const migrator = createMigrator({ dialect, tiers: [graphOf(revisions(history))], tables: ownTables })
  const { state, pending } = await migrator.status({ files: false })
  if (state === 'ahead') return history.length
  return state === 'empty' || state === 'foreign' ? 0 : history.length - pending
}
