// A change that SQLite cannot make in place, on a table of a million rows.
import { inTurn, runNode } from '../kit/measure.mjs'
import { createDatabase, Database, floor, makeProject } from '../kit/project.mjs'

export const rowCount = 1_000_000

const before = `
CREATE TABLE account (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES account (id),
  kind VARCHAR(16),
  amount REAL,
  created_at INTEGER NOT NULL,
  note TEXT CHECK (length(note) < 1000)
);
CREATE INDEX event_account ON event (account_id, created_at);
CREATE INDEX event_kind ON event (kind) WHERE kind <> 'view';
CREATE TABLE receipt (id INTEGER PRIMARY KEY, event_id INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE);
CREATE VIEW latest AS SELECT account_id, max(created_at) AS at FROM event GROUP BY account_id;
CREATE TRIGGER event_gone AFTER DELETE ON event BEGIN DELETE FROM receipt WHERE event_id = OLD.id; END;
`

export function makeMillion(/** @type {string} */ path) {
  const db = new Database(path)
  db.pragma('synchronous = OFF')
  db.exec(before)
  db.exec('BEGIN')
  db.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
    INSERT INTO account SELECT i, 'account ' || i FROM n`)
  db.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rowCount})
    INSERT INTO event SELECT i, 1 + i * 7919 % 1000, CASE i % 4 WHEN 0 THEN 'order' WHEN 1 THEN 'refund' ELSE 'view' END,
      i * 0.25, 1700000000 + i, 'note of event ' || i FROM n`)
  db.exec(`INSERT INTO receipt SELECT id, id FROM event WHERE id % 10 = 0`)
  db.exec('COMMIT')
  db.close()
}

/** The first revision is there already; the second makes `kind` NOT NULL. */
const revisions = {
  'migrations/000000000001_start.ts': `import type { OperationRecorder } from '@org/migrate-core'

export const revision = '000000000001'
export const downRevision = null

export function upgrade(_op: OperationRecorder) {}
`,
  'migrations/000000000002_kind_is_needed.ts': `import type { OperationRecorder } from '@org/migrate-core'

export const revision = '000000000002'
export const downRevision = '000000000001'

export function upgrade(op: OperationRecorder) {
  op.alterTable('event', (t) => {
    t.alterColumn('kind', { nullable: false, default: 'view' })
  })
}
`,
}

export function rebuild(/** @type {number} */ pairs) {
  const project = makeProject(revisions)
  const template = project.at('million.db')
  makeMillion(template)
  const recreate = () => createDatabase(project.database, template)
  recreate()
  runNode(project.migrate('upgrade', '000000000001', '--quiet'))
  createDatabase(template, project.database)
  const check = () => {
    const db = new Database(project.database, { readonly: true })
    const required = db.prepare(`SELECT "notnull" AS n FROM pragma_table_info('event') WHERE name = 'kind'`).get().n
    const rows = db.prepare('SELECT count(*) AS n FROM event').get().n
    const { version_num: version } = db.prepare('SELECT version_num FROM migrate_version').get()
    db.close()
    if (required !== 1 || rows !== rowCount || version !== '000000000002')
      throw new Error(`${required} ${rows} ${version}`)
  }
  return inTurn({
    pairs,
    warmUp: false,
    floor: { name: 'floor', prepare: recreate, check, command: { args: [floor('rebuild'), project.database] } },
    subjects: [
      {
        name: `rebuild of ${rowCount.toLocaleString('en-US')} rows`,
        aim: 1.1,
        prepare: recreate,
        check,
        command: project.migrate('upgrade', '--quiet'),
      },
    ],
  })
}
