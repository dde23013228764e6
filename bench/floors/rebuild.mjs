// The floor of a rebuild: SQLite's own procedure with the checks that make it safe, written by hand, one statement a step.
import { Database } from './driver.mjs'

const db = new Database(process.argv[2])
const rows = (/** @type {string} */ sql) => db.prepare(sql).raw(true).all()

function none(/** @type {string} */ sql) {
  const objects = rows(sql)
  if (objects.length > 0) throw new Error(`${sql}: ${objects[0]}`)
}

/** What stands in the way of a view or a trigger, and every row that points nowhere. */
function checks() {
  db.prepare('SELECT 1 FROM latest LIMIT 0')
  db.prepare('DELETE FROM event')
  none('PRAGMA foreign_key_check(event)')
  none('PRAGMA foreign_key_check(receipt)')
}

db.pragma('foreign_keys = OFF')
if (db.pragma('foreign_keys', { simple: true }) !== 0) throw new Error('foreign keys are on')
db.exec('BEGIN IMMEDIATE')
checks()
if (rows('SELECT version_num FROM migrate_version')[0][0] !== '000000000001') throw new Error('another version')
none('SELECT id FROM event WHERE kind IS NULL LIMIT 5')
db.exec(`CREATE TABLE event_new (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES account (id),
  kind VARCHAR(16) NOT NULL DEFAULT 'view',
  amount REAL,
  created_at INTEGER NOT NULL,
  note TEXT CHECK (length(note) < 1000)
)`)
db.exec(`INSERT INTO event_new (id, account_id, kind, amount, created_at, note)
  SELECT id, account_id, kind, amount, created_at, note FROM event ORDER BY id`)
none('SELECT 1 WHERE (SELECT count(*) FROM event) <> (SELECT count(*) FROM event_new)')
db.exec(`DELETE FROM sqlite_sequence WHERE name = 'event_new';
  INSERT INTO sqlite_sequence (name, seq) SELECT 'event_new', seq FROM sqlite_sequence WHERE name = 'event';
  DROP TABLE event;
  PRAGMA legacy_alter_table = ON;
  ALTER TABLE event_new RENAME TO event;
  PRAGMA legacy_alter_table = OFF;
  CREATE INDEX event_account ON event (account_id, created_at);
  CREATE INDEX event_kind ON event (kind) WHERE kind <> 'view';
  CREATE TRIGGER event_gone AFTER DELETE ON event BEGIN DELETE FROM receipt WHERE event_id = OLD.id; END`)
db.exec(`UPDATE migrate_version SET version_num = '000000000002' WHERE version_num = '000000000001'`)
db.exec(`INSERT INTO migrate_history (id, tier, revision, direction, text_hash, operations_hash, started_at, finished_at,
  duration_ms, host, user_name, tool_version, parents, depends_on, labels, compatible_with, tiers, columns_after, operations, inverses, format)
  SELECT 2, tier, '000000000002', direction, text_hash, operations_hash, started_at, finished_at,
  duration_ms, host, user_name, tool_version, parents, depends_on, labels, compatible_with, tiers, columns_after, operations, inverses, format
  FROM migrate_history WHERE id = 1`)
checks()
db.exec('COMMIT')
db.pragma('foreign_keys = ON')
if (db.pragma('foreign_keys', { simple: true }) !== 1) throw new Error('foreign keys are off')
db.close()
